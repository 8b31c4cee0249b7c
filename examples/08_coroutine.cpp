/* 08_coroutine.cpp - coroutines of C++20 as tasks: each one's polls, waits, life and end.

   Shows: Traced, which a promise inherits so that its coroutines are tasks; coroutines that go from
   thread to thread at each co_await, that await others, that throw and that are dropped; a pool of two
   workers as a runtime. Two faults are planted: `index` does all of its work without a co_await, and
   whoever is behind it waits; and one `lookup` awaits an answer that never comes.

   Text is hashed in pieces by a pool of two threads, each of which has a queue. C++20.

   Build:  c++ -std=c++20 -O2 -DHOTPATH -I. examples/08_coroutine.cpp -o coroutine -lpthread
   Run:    HOTPATH_REPORT=functions,call_tree,futures,runtime ./coroutine */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

#include <array>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/* ---- the hook ----------------------------------------------------------------------------------- */

/* A promise inherits it: its coroutine is a task from here to its end. A poll lasts from one co_await to
   the next one. It is over before the coroutine is handed to whoever resumes it, perhaps at once and on
   another thread; so the awaiters begin and end it, and not what calls resume(). The scopes of a
   coroutine's body end before its next co_await; for those that stay open hotpath_task_context gives it
   a context of its own. */
class Traced {
    hotpath_task_t task;
    bool ended = false;

    struct First : std::suspend_always {
        Traced* traced;
        explicit First(Traced* of) : traced(of) {}
        void await_resume() noexcept { HOTPATH_TASK_POLL_BEGIN(&traced->task); }
    };
    /* What is awaited, with the end of a poll before it and the begin of one after it. Its await_suspend
       does not throw. */
    template <class Awaiter> struct Between {
        Awaiter inner;
        Traced* traced;
        bool suspended = false;

        bool await_ready() { return inner.await_ready(); }
        template <class Promise> auto await_suspend(std::coroutine_handle<Promise> self) {
            suspended = true;
            HOTPATH_TASK_POLL_END(&traced->task);
            return inner.await_suspend(self); /* from here on it may run elsewhere, or be gone */
        }
        decltype(auto) await_resume() {
            if (suspended) HOTPATH_TASK_POLL_BEGIN(&traced->task);
            return inner.await_resume();
        }
    };

  public:
    explicit Traced(const char* label) { hotpath_task_create(&task, label, "", 0); }
    Traced(const Traced&) = delete;
    Traced& operator=(const Traced&) = delete;
    ~Traced() { /* dropped before its end */
        if (!ended) HOTPATH_TASK_CANCEL(&task);
    }
    First initial_suspend() noexcept { return First(this); }
    template <class Awaiter>
    Between<Awaiter> await_transform(Awaiter&& awaiter) { /* of an lvalue a reference to it */
        return {std::forward<Awaiter>(awaiter), this};
    }
    void failed() noexcept { /* for unhandled_exception() */
        HOTPATH_TASK_CANCEL(&task);
        ended = true;
    }
    void finished() noexcept { /* for the await_suspend of final_suspend(), first of all */
        if (!ended) HOTPATH_TASK_DONE(&task);
        ended = true;
        HOTPATH_TASK_POLL_END(&task);
    }
};

/* ---- a pool of two threads ---------------------------------------------------------------------- */

/* Each has a queue. It ends when nothing can be resumed any more. */
class Pool {
    std::mutex lock;
    std::condition_variable changed;
    std::array<std::deque<std::coroutine_handle<>>, 2> queues;
    size_t ready = 0; /* in a queue, or running */

    void work(unsigned worker) {
        HOTPATH_THREAD_NAME(worker == 0 ? "worker 0" : "worker 1");
        current = worker;
        hotpath_runtime_worker_begin(&runtime, worker);
        std::unique_lock<std::mutex> locked(lock);
        while (ready != 0) {
            auto& queue = queues[worker];
            if (queue.empty()) {
                hotpath_token_t parked;
                hotpath_runtime_park(&runtime, worker, &parked);
                changed.wait(locked);
                hotpath_runtime_unpark(&runtime, worker, &parked);
                continue;
            }
            const std::coroutine_handle<> next = queue.front();
            queue.pop_front();
            hotpath_runtime_queued(&runtime, queues[0].size() + queues[1].size());
            locked.unlock();
            next.resume();
            hotpath_runtime_polled(&runtime, worker, 1);
            resumed[worker]++;
            locked.lock();
            if (--ready == 0) changed.notify_all();
        }
        hotpath_runtime_worker_end(&runtime, worker);
    }

  public:
    static inline thread_local unsigned current = 0;
    hotpath_runtime_t runtime;
    std::array<unsigned, 2> resumed = {0, 0};

    Pool() { hotpath_runtime_create(&runtime, "pool", 2); }
    void push(unsigned worker, std::coroutine_handle<> coroutine) {
        const std::lock_guard<std::mutex> locked(lock);
        queues[worker].push_back(coroutine);
        ready++;
        hotpath_runtime_queued(&runtime, queues[0].size() + queues[1].size());
        changed.notify_all();
    }
    void run() {
        std::thread other([this] { work(1); });
        work(0);
        other.join();
    }
    /* co_await pool.elsewhere(): goes on in the other thread, behind those that are there. */
    auto elsewhere() {
        struct Awaiter : std::suspend_always {
            Pool* pool;
            explicit Awaiter(Pool* of) : pool(of) {}
            void await_suspend(std::coroutine_handle<> self) { pool->push(1 - current, self); }
        };
        return Awaiter(this);
    }
};

static Pool pool;

/* ---- coroutines --------------------------------------------------------------------------------- */

/* Runs on the pool, or is awaited by another one. The first argument is its label. */
class Job {
  public:
    struct promise_type : Traced {
        std::coroutine_handle<> awaits = std::noop_coroutine();
        bool threw = false;

        template <class... Arguments>
        explicit promise_type(const char* label, Arguments&&...) : Traced(label) {
            hotpath_runtime_spawned(&pool.runtime, 1);
        }
        ~promise_type() { hotpath_runtime_finished(&pool.runtime, 1); }
        Job get_return_object() { return Job(Handle::from_promise(*this)); }
        void return_void() {}
        void unhandled_exception() {
            failed();
            threw = true;
        }
        auto final_suspend() noexcept {
            struct Last : std::suspend_always {
                std::coroutine_handle<> await_suspend(Handle self) noexcept {
                    self.promise().finished();
                    return self.promise().awaits;
                }
            };
            return Last();
        }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Job(Job&& from) noexcept : handle(std::exchange(from.handle, nullptr)) {}
    Job& operator=(Job&&) = delete;
    ~Job() {
        if (handle) handle.destroy();
    }
    void start(unsigned worker) { pool.push(worker, handle); }
    bool threw() const { return handle.promise().threw; }
    void forget() { handle = nullptr; } /* nobody has it any more */

    /* co_await job: it begins on this thread, and at its end it goes on with who awaits it. */
    bool await_ready() const noexcept { return false; }
    Handle await_suspend(std::coroutine_handle<> self) noexcept {
        handle.promise().awaits = self;
        return handle;
    }
    void await_resume() const noexcept {}

  private:
    explicit Job(Handle of) : handle(of) {}
    Handle handle;
};

/* Something that is awaited until somebody sets it. Nobody does. */
class Answer : public std::suspend_always {
    std::mutex lock;
    std::vector<std::coroutine_handle<>> waiting;

  public:
    void await_suspend(std::coroutine_handle<> self) {
        const std::lock_guard<std::mutex> locked(lock);
        waiting.push_back(self);
    }
    size_t count() const { return waiting.size(); }
};

/* FNV-1a of a piece of text, after what is before it. */
static uint64_t hash_piece(uint64_t hash, const std::string& text) {
    HOTPATH_FUNC();
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}
constexpr uint64_t nothing_yet = 14695981039346656037u;

/* As it should be: others have their turn after each piece. */
static Job digest(const char*, const std::string& text, int pieces, uint64_t& hash) {
    for (int i = 0; i < pieces; i++) {
        if (i != 0) co_await pool.elsewhere();
        hash = hash_piece(hash, text);
    }
}
/* As it should not be. */
static Job index_all(const char*, const std::string& text, int pieces, uint64_t& hash) {
    for (int i = 0; i < pieces; i++)
        hash = hash_piece(hash, text);
    co_return;
}
/* Awaits others, one after the other. */
static Job volume(const char*, const std::string& text, int chapters, uint64_t& hash) {
    for (int i = 0; i < chapters; i++)
        co_await digest("chapter", text, 2, hash);
}
static Job lookup(const char*, Answer& answer) { co_await answer; }
static Job broken(const char*, const std::string& text) {
    co_await pool.elsewhere();
    if (!text.empty()) throw std::runtime_error("cannot be read");
}

int main() {
    HOTPATH_MAIN();
    constexpr int digests = 20, pieces = 8;
    const std::string text(100000, 'x');
    static Answer answer;
    std::vector<uint64_t> hashes(digests + 2, nothing_yet);
    std::vector<Job> jobs;
    for (unsigned i = 0; i < digests; i++)
        jobs.push_back(digest("digest", text, pieces, hashes[i]));
    jobs.push_back(index_all("index", text, 50 * pieces, hashes[digests]));
    jobs.push_back(volume("volume", text, 3, hashes[digests + 1]));
    jobs.push_back(broken("broken", text));
    for (unsigned i = 0; i < 4; i++)
        jobs.push_back(lookup("lookup", answer));
    for (unsigned i = 0; i < jobs.size(); i++)
        jobs[i].start(i % 2);
    pool.run();
    jobs.back().forget();
    uint64_t all = 0;
    unsigned threw = 0;
    for (const uint64_t hash : hashes)
        all = (all ^ hash) * 1099511628211u;
    jobs.pop_back();
    for (const Job& job : jobs)
        threw += job.threw();
    std::printf("%016llx: %u and %u resumed, %u threw, %u wait\n",
        static_cast<unsigned long long>(all), pool.resumed[0], pool.resumed[1], threw,
        static_cast<unsigned>(answer.count()));
    jobs.clear();
    return 0;
}
