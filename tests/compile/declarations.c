/* Only the header, twice, and before anything else. */
#include "hotpath.h"
#include "hotpath.h"

int declarations_are_enough(void);
int declarations_are_enough(void) { return HOTPATH_VERSION_NUMBER; }
