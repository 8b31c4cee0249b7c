/* Two begins of one name in one block.
   MODES: on off
   SAYS: redefinition|redeclaration */
#include "hotpath.h"

void f(void) {
    HOTPATH_BEGIN(a, "a");
    HOTPATH_END(a);
#ifndef RIGHT
    HOTPATH_BEGIN(a, "b");
#endif
    HOTPATH_END(a);
}
