/* The functions take the address of a token, which is the name of its scope.
   MODES: on off
   SAYS: incompatible */
#include "hotpath.h"

void f(hotpath_site_t* site) {
    hotpath_token_t token;
    hotpath_begin(site, &token);
#ifdef RIGHT
    hotpath_end(&token);
#else
    hotpath_end(token);
#endif
}
