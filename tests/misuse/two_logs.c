/* One HOTPATH_FUNC_LOG a function.
   MODES: on off
   SAYS: redefinition|redeclaration|conflicts with a previous */
#include "hotpath.h"

int f(int x) {
    HOTPATH_FUNC_LOG();
#ifndef RIGHT
    HOTPATH_FUNC_LOG();
#endif
    HOTPATH_RETURN(x);
}
