/* The recorder for tests that only have a clock of their own, virtual_ticks: compiled once a build. */
#include <stdint.h>
uint64_t virtual_ticks(void);
#define HOTPATH_CLOCK() virtual_ticks()
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
