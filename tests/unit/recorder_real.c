/* The recorder for tests that set nothing of it and look at nothing private: compiled once a build. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
