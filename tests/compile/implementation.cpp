/* The one file of a C++ program that holds the recorder. */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"

extern "C" int implementation_is_linked(void);
int implementation_is_linked(void) { return 1; }
