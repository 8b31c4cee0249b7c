/* What hotpath_on_slow calls takes the user's pointer and the scope.
   MODES: on off
   SAYS: incompatible
   FLAGS: -Werror=incompatible-pointer-types */
#include "hotpath.h"

void told(void* user, const hotpath_slow_scope_t* scope);
void number(int user);
void f(void);
void f(void) {
#ifdef RIGHT
    (void)hotpath_on_slow("load", 1000000, told, 0);
#else
    (void)hotpath_on_slow("load", 1000000, number, 0);
#endif
}
