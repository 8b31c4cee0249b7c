/* A message is a string.
   MODES: on off
   SAYS: const char ?\* */
#include "hotpath.h"

void f(int x);
void f(int x) {
#ifdef RIGHT
    HOTPATH_MESSAGE(x ? "a" : "b");
#else
    HOTPATH_MESSAGE(x);
#endif
}
