/* Only the header, twice, and before anything else. */
#include "hotpath.h"
#include "hotpath.h"

int declarations_are_enough();
int declarations_are_enough() { return HOTPATH_VERSION_NUMBER; }
