/* A scope in a case without a block of its own reaches into the next case.
   MODES: on
   SAYS: jump (to case label|bypasses)|crosses initialization|cannot jump */
#include "hotpath.h"

void f(int x);
void f(int x) {
    switch (x) {
#ifdef RIGHT
        case 1: {
            HOTPATH_SCOPE("a");
            break;
        }
#else
        case 1:; HOTPATH_SCOPE("a"); break;
#endif
        case 2: break;
    }
}
