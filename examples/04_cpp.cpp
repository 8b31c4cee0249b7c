/* 04_cpp.cpp - hotpath in C++: names of classes and templates, exceptions, lambdas, RAII.

   Shows: HOTPATH_FUNC in methods, templates, constructors, destructors, inline functions and
   lambdas; exceptions that leave open scopes behind on three levels, each of which still ends at
   the right moment; HOTPATH_ERROR at a throw; HOTPATH_DBG of a std::string in the middle of an
   expression; HOTPATH_FUNC_LOG and HOTPATH_RETURN, which keep a result beside its time.

   Scenes are parsed from text (some of it broken, and then rolled back), put into bounding volume
   hierarchies and seen from a camera. C++11 or later, any standard library.

   Build:  c++ -O2 -DHOTPATH -I. examples/04_cpp.cpp -o cpp
   Run:    ./cpp */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace scene {

struct Vec {
    double v[3];
    double operator[](int axis) const { return v[axis]; }
    double& operator[](int axis) { return v[axis]; }
};

inline Vec operator+(const Vec& a, const Vec& b) {
    return {{a[0] + b[0], a[1] + b[1], a[2] + b[2]}};
}
inline Vec operator-(const Vec& a, const Vec& b) {
    return {{a[0] - b[0], a[1] - b[1], a[2] - b[2]}};
}
inline Vec operator*(const Vec& a, double s) { return {{a[0] * s, a[1] * s, a[2] * s}}; }
inline double dot(const Vec& a, const Vec& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

struct Ray {
    Vec origin;
    Vec direction;
};

constexpr double far_away = std::numeric_limits<double>::max();

/* How far along the ray the box begins, far_away if the ray misses it. */
inline double reach(const Ray& ray, const Vec& low, const Vec& high) {
    double enter = 0, leave = far_away;
    for (int axis = 0; axis < 3; axis++) {
        const double a = (low[axis] - ray.origin[axis]) / ray.direction[axis];
        const double b = (high[axis] - ray.origin[axis]) / ray.direction[axis];
        enter = std::max(enter, std::min(a, b));
        leave = std::min(leave, std::max(a, b));
    }
    return enter <= leave ? enter : far_away;
}

struct Sphere {
    Vec middle;
    double radius;
    Vec low() const { return middle - Vec{{radius, radius, radius}}; }
    Vec high() const { return middle + Vec{{radius, radius, radius}}; }
    double hit(const Ray& ray) const {
        const Vec to = middle - ray.origin;
        const double along = dot(to, ray.direction);
        const double rest = radius * radius - dot(to, to) + along * along;
        if (rest < 0) return far_away;
        const double distance = along - std::sqrt(rest);
        return distance > 0 ? distance : far_away;
    }
};

struct Box {
    Vec from;
    Vec to;
    Vec low() const { return from; }
    Vec high() const { return to; }
    double hit(const Ray& ray) const { return reach(ray, from, to); }
};

/* A bounding volume hierarchy over any shape with low(), high() and hit(). A method of a template is
   one function of the report, whatever it was made for: its place in the source is one. */
template <class Shape> class Bvh {
  public:
    explicit Bvh(std::vector<Shape> shapes) : shapes_(std::move(shapes)) {
        HOTPATH_FUNC();
        if (!shapes_.empty()) build(0, shapes_.size());
    }

    double nearest(const Ray& ray) const {
        HOTPATH_FUNC();
        return nodes_.empty() ? far_away : search(ray, 0, far_away);
    }

  private:
    struct Node {
        Vec low;
        Vec high;
        std::size_t first;
        std::size_t count; /* of shapes in a leaf; 0 in a node, whose children are next and other */
        std::size_t other;
    };

    /* Recursion is one function: its total counts the outermost call, its calls count every one. */
    std::size_t build(std::size_t first, std::size_t last) {
        HOTPATH_FUNC();
        const std::size_t index = nodes_.size();
        nodes_.push_back(bounds(first, last));
        if (last - first <= 4) return index;
        const Vec size = nodes_[index].high - nodes_[index].low;
        const int axis = size[0] > size[1] && size[0] > size[2] ? 0 : size[1] > size[2] ? 1 : 2;
        const std::size_t middle = (first + last) / 2;
        const auto at = [this](std::size_t i) {
            return shapes_.begin() + static_cast<typename std::vector<Shape>::difference_type>(i);
        };
        std::nth_element(at(first), at(middle), at(last),
            [axis](const Shape& a, const Shape& b) { return a.low()[axis] < b.low()[axis]; });
        build(first, middle);
        const std::size_t other = build(middle, last);
        nodes_[index].count = 0;
        nodes_[index].other = other;
        return index;
    }

    Node bounds(std::size_t first, std::size_t last) const {
        Node node = {shapes_[first].low(), shapes_[first].high(), first, last - first, 0};
        for (std::size_t i = first + 1; i < last; i++) {
            for (int axis = 0; axis < 3; axis++) {
                node.low[axis] = std::min(node.low[axis], shapes_[i].low()[axis]);
                node.high[axis] = std::max(node.high[axis], shapes_[i].high()[axis]);
            }
        }
        return node;
    }

    double search(const Ray& ray, std::size_t index, double best) const {
        const Node& node = nodes_[index];
        if (reach(ray, node.low, node.high) >= best) return best;
        if (node.count == 0) return search(ray, node.other, search(ray, index + 1, best));
        for (std::size_t i = node.first; i < node.first + node.count; i++)
            best = std::min(best, shapes_[i].hit(ray));
        return best;
    }

    std::vector<Shape> shapes_;
    std::vector<Node> nodes_;
};

class SyntaxError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Shapes {
    std::vector<Sphere> spheres;
    std::vector<Box> boxes;
};

/* Takes back what was added since it was made, unless it was kept. An exception runs this
   destructor, and the scope in it, while it unwinds the scopes around. */
class Transaction {
  public:
    explicit Transaction(Shapes& shapes)
        : shapes_(shapes), spheres_(shapes.spheres.size()), boxes_(shapes.boxes.size()) {}
    ~Transaction() {
        if (kept_) return;
        HOTPATH_FUNC();
        shapes_.spheres.erase(
            shapes_.spheres.begin() + difference(spheres_), shapes_.spheres.end());
        shapes_.boxes.erase(shapes_.boxes.begin() + difference(boxes_), shapes_.boxes.end());
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void keep() { kept_ = true; }

  private:
    static std::ptrdiff_t difference(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }
    Shapes& shapes_;
    std::size_t spheres_;
    std::size_t boxes_;
    bool kept_ = false;
};

class Loader {
  public:
    /* Adds all of a text or nothing. Returns: what became of it, which its log keeps. */
    std::string load(const std::string& name, const std::string& text) {
        HOTPATH_FUNC_LOG();
        HOTPATH_BYTES(text.size());
        try {
            Transaction transaction(shapes_);
            parse(text);
            transaction.keep();
        } catch (const std::exception& error) {
            /* An error of the innermost open scope, which by now is load itself. */
            HOTPATH_ERROR("rolled back");
            HOTPATH_RETURN(name + ": " + error.what());
        }
        HOTPATH_RETURN(name + ": loaded");
    }

    Shapes& shapes() { return shapes_; }

  private:
    void parse(const std::string& text) {
        HOTPATH_FUNC();
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            parse_line(line);
    }

    void parse_line(const std::string& line) {
        HOTPATH_FUNC();
        std::istringstream words(line);
        std::string kind;
        words >> kind;
        if (kind == "sphere") {
            const Vec middle = vec(words);
            shapes_.spheres.push_back({middle, number(words)});
        } else if (kind == "box") {
            const Vec from = vec(words);
            shapes_.boxes.push_back({from, from + vec(words)});
        } else if (!kind.empty() && kind[0] != '#') {
            HOTPATH_ERROR("unknown shape");
            throw SyntaxError("no such shape: " + HOTPATH_DBG(kind));
        }
    }

    static Vec vec(std::istringstream& words) {
        Vec v;
        for (int axis = 0; axis < 3; axis++)
            v[axis] = number(words);
        return v;
    }

    /* std::stod throws for what is no number: the exception of another library passes as well. */
    static double number(std::istringstream& words) {
        HOTPATH_SCOPE("number");
        std::string word;
        words >> word;
        return std::stod(word);
    }

    Shapes shapes_;
};

} // namespace scene

/* A scene of some hundreds of shapes from a small generator, so that this file stands alone. */
static std::string make_text(unsigned seed, int count) {
    HOTPATH_FUNC();
    std::ostringstream text;
    const auto next = [&seed](double low, double high) {
        seed = seed * 1664525u + 1013904223u;
        return low + (high - low) * (seed >> 8) / 16777216.0;
    };
    for (int i = 0; i < count; i++) {
        text << (i % 3 == 0 ? "box" : "sphere");
        text << ' ' << next(-10, 10) << ' ' << next(-8, 8) << ' ' << next(8, 30);
        if (i % 3 == 0) text << ' ' << next(0.2, 1) << ' ' << next(0.2, 1);
        text << ' ' << next(0.2, 1) << '\n';
    }
    return text.str();
}

struct Image {
    int width;
    int height;
    std::vector<double> depth;
};

/* Calls back for every row. The callback is a template's argument: an ordinary function to hotpath,
   named after the lambda that it is. */
template <class Row> static void each_row(const Image& image, Row row) {
    HOTPATH_FUNC();
    for (int y = 0; y < image.height; y++)
        row(y);
}

static Image render(const scene::Bvh<scene::Sphere>& spheres, const scene::Bvh<scene::Box>& boxes) {
    HOTPATH_FUNC();
    Image image = {192, 128, std::vector<double>(192 * 128)};
    each_row(image, [&](int y) {
        HOTPATH_FUNC();
        for (int x = 0; x < image.width; x++) {
            const scene::Vec toward = {{(x - 95.7) / 96, (y - 63.7) / 96, 1}};
            const double length = std::sqrt(scene::dot(toward, toward));
            const scene::Ray ray = {{{0, 0, 0}}, toward * (1 / length)};
            image.depth[static_cast<std::size_t>(y * image.width + x)] =
                std::min(spheres.nearest(ray), boxes.nearest(ray));
        }
    });
    return image;
}

static int count_hits(const Image& image) {
    HOTPATH_FUNC_LOG();
    HOTPATH_RETURN(static_cast<int>(std::count_if(image.depth.begin(), image.depth.end(),
        [](double depth) { return depth < scene::far_away; })));
}

int main() {
    HOTPATH_MAIN();
    scene::Loader loader;
    const std::pair<const char*, std::string> texts[] = {
        {"town", make_text(1, 240)},
        {"typo", make_text(2, 40) + "sphear 0 0 9 1\n"},
        {"field", "# nothing but spheres\nsphere 0 0 12 2\nsphere 3 1 14 1.5\n"},
        {"torn", make_text(3, 40) + "box 1 2"},
        {"word", "sphere one 0 9 1\n"},
    };
    for (const auto& text : texts)
        std::printf("%s\n", loader.load(text.first, text.second).c_str());

    const scene::Bvh<scene::Sphere> spheres(loader.shapes().spheres);
    const scene::Bvh<scene::Box> boxes(loader.shapes().boxes);
    const Image image = render(spheres, boxes);
    std::printf("%zu spheres, %zu boxes: %d of %zu rays hit\n", loader.shapes().spheres.size(),
        loader.shapes().boxes.size(), count_hits(image), image.depth.size());
}
