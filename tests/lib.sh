# Read by the test scripts, which run at the root of the repository.
set -u
cd "$(dirname "$0")/.." || exit 1
[ -f hotpath.h ] || cd .. || exit 1
CC=${CC:-cc}
CXX=${CXX:-c++}
failed=0
mkdir -p build

# check NAME COMMAND...: one line "ok - NAME", or "not ok - NAME" with the command and its output.
check() {
    check_name=$1
    shift
    if check_output=$("$@" 2>&1 </dev/null); then
        echo "ok - $check_name"
    else
        failed=1
        echo "not ok - $check_name"
        echo "    $*"
        printf '%s\n' "$check_output" | head -n 60 | sed 's/^/    /'
    fi
}

# check_fails NAME EXTENDED_REGEX COMMAND...: the command fails and says what the regex says.
check_fails() {
    check_name=$1
    check_regex=$2
    shift 2
    if check_output=$("$@" 2>&1 </dev/null); then
        failed=1
        echo "not ok - $check_name: this did not fail"
        echo "    $*"
    elif printf '%s\n' "$check_output" | grep -Eq -- "$check_regex"; then
        echo "ok - $check_name"
    else
        failed=1
        echo "not ok - $check_name: the message lacks: $check_regex"
        echo "    $*"
        printf '%s\n' "$check_output" | head -n 60 | sed 's/^/    /'
    fi
}

# has_implementation: hotpath.h holds the recorder, not only its declarations.
has_implementation() { grep -q '^ *#.*if.*HOTPATH_IMPLEMENTATION' hotpath.h; }

# The C++ compiler of the family of a C compiler.
cxx_of() {
    case $1 in
        *clang*) echo clang++ ;;
        *) echo g++ ;;
    esac
}
