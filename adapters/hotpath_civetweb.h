/* hotpath_civetweb.h - what CivetWeb serves, by route: count, statuses, time, and what was done for it.

       #include "hotpath.h"
       #include "hotpath_civetweb.h"

       static int get_user(struct mg_connection* to, void* user) { ... return 200; }
       static int on_user(struct mg_connection* to, void* user) {
           return hotpath_civetweb_handle(to, "/users/:id", get_user, user);
       }
       mg_set_request_handler(http, "/users/", on_user, NULL);

   records a span "GET /users/:id" of kind HOTPATH_SPAN_SERVER around each call of get_user; what it
   returns is the status. Without a route (NULL) the path of the request is made one: numbers, UUIDs
   and long hex words become :id.

   Needs CivetWeb 1.10 and -lcivetweb. Without -DHOTPATH it records nothing. */
#ifndef HOTPATH_CIVETWEB_H
#define HOTPATH_CIVETWEB_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_civetweb.h"
#endif
#include <civetweb.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Answers a request with a handler, as a span.
   Args: route is what all such requests have in common, or NULL; user is handed to the handler.
   Threads: any; the handler may let others work on it with hotpath_context_switch. Returns: what the
   handler does, of CivetWeb the status that was sent, or 0 for "not handled". */
static inline int hotpath_civetweb_handle(
    struct mg_connection* to, const char* route, mg_request_handler handler, void* user) {
#if HOTPATH_I_ON
    const struct mg_request_info* info = mg_get_request_info(to);
    const char* path = route != NULL ? route : info->local_uri != NULL ? info->local_uri : "";
    char key[1024];
    hotpath_span_t span;
    (void)snprintf(key, sizeof key, "%s %s", info->request_method, path);
    hotpath_span_begin(&span, HOTPATH_SPAN_SERVER, key, SIZE_MAX);
    const int status = handler(to, user);
    if (status > 0) hotpath_span_status(&span, status);
    if (info->content_length > 0) hotpath_span_bytes(&span, (uint64_t)info->content_length, 0);
    hotpath_span_end(&span);
    return status;
#else
    (void)route;
    return handler(to, user);
#endif
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_CIVETWEB_H */
