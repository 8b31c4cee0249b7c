/* hotpath_curl.h - what libcurl asks for, by method and URL: count, statuses, bytes, and how long name
   lookup, connecting, TLS and the first byte took.

       #include "hotpath.h"
       #include "hotpath_curl.h"

       curl_easy_setopt(curl, CURLOPT_URL, "https://example.org/users/17?page=2");
       CURLcode code = hotpath_curl_perform(curl, "GET");

   in place of curl_easy_perform (the method is said again, for libcurl tells it only afterwards) records a span "GET https://example.org/users/:id" of kind
   HOTPATH_SPAN_HTTP. A program of the multi interface says when a transfer begins and is done:

       hotpath_curl_begin(&job->span, job->curl, "GET");             before curl_multi_add_handle
       hotpath_curl_end(&job->span, message->easy_handle, message->data.result);     CURLMSG_DONE

   Needs libcurl 7.61 and -lcurl. Without -DHOTPATH it records nothing. */
#ifndef HOTPATH_CURL_H
#define HOTPATH_CURL_H
#if !defined(HOTPATH_H)
    #error "hotpath: #include \"hotpath.h\" before hotpath_curl.h"
#endif
#include <curl/curl.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if HOTPATH_I_ON

/* A time of a transfer in nanoseconds since its start. */
static inline uint64_t hotpath_i_curl_ns(CURL* curl, CURLINFO which) {
    curl_off_t us = 0;
    if (curl_easy_getinfo(curl, which, &us) != CURLE_OK || us < 0) return 0;
    return (uint64_t)us * 1000;
}
/* Records the time from one moment of a transfer to a later one; what was not needed (a kept connection,
   no TLS) has none. */
static inline void hotpath_i_curl_phase(
    hotpath_span_t* span, hotpath_span_phase_t phase, uint64_t from, uint64_t to) {
    if (to > from) hotpath_span_phase(span, phase, to - from);
}
static inline void hotpath_i_curl_facts(hotpath_span_t* span, CURL* curl) {
    const uint64_t lookup = hotpath_i_curl_ns(curl, CURLINFO_NAMELOOKUP_TIME_T);
    const uint64_t connect = hotpath_i_curl_ns(curl, CURLINFO_CONNECT_TIME_T);
    const uint64_t tls = hotpath_i_curl_ns(curl, CURLINFO_APPCONNECT_TIME_T);
    const uint64_t asked = hotpath_i_curl_ns(curl, CURLINFO_PRETRANSFER_TIME_T);
    const uint64_t first = hotpath_i_curl_ns(curl, CURLINFO_STARTTRANSFER_TIME_T);
    curl_off_t down = 0, up = 0;
    long status = 0;
    hotpath_i_curl_phase(span, HOTPATH_SPAN_PHASE_LOOKUP, 0, lookup);
    hotpath_i_curl_phase(span, HOTPATH_SPAN_PHASE_CONNECT, lookup, connect);
    hotpath_i_curl_phase(span, HOTPATH_SPAN_PHASE_TLS, connect, tls);
    hotpath_i_curl_phase(span, HOTPATH_SPAN_PHASE_FIRST_BYTE, asked, first);
    curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &up);
    hotpath_span_bytes(span, down > 0 ? (uint64_t)down : 0, up > 0 ? (uint64_t)up : 0);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 0) hotpath_span_status(span, (int)status);
}
#endif

static inline void hotpath_i_curl_begin(hotpath_span_t* span, CURL* curl, const char* method) {
#if HOTPATH_I_ON
    const char* url = NULL;
    char key[2048];
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    (void)snprintf(key, sizeof key, "%s %s", method, url != NULL ? url : "");
    hotpath_span_begin(span, HOTPATH_SPAN_HTTP, key, SIZE_MAX);
#else
    (void)span, (void)curl, (void)method;
#endif
}
/* Begins the span of a transfer whose URL is set. Args: method as the request will have it. What the thread does until its end is
   not inside of it. Threads: any. */
static inline void hotpath_curl_begin(hotpath_span_t* span, CURL* curl, const char* method) {
    hotpath_i_curl_begin(span, curl, method);
    hotpath_span_detach(span);
}
/* Ends it, with all that libcurl knows of the transfer. Args: code is how it ended. Threads: any. */
static inline void hotpath_curl_end(hotpath_span_t* span, CURL* curl, CURLcode code) {
#if HOTPATH_I_ON
    hotpath_i_curl_facts(span, curl);
    if (code != CURLE_OK) hotpath_span_error(span, curl_easy_strerror(code));
    hotpath_span_end(span);
#else
    (void)span, (void)curl, (void)code;
#endif
}
/* curl_easy_perform as a span. Args: method as the request will have it. Threads: any. Returns: as
   curl_easy_perform. */
static inline CURLcode hotpath_curl_perform(CURL* curl, const char* method) {
    hotpath_span_t span;
    hotpath_i_curl_begin(&span, curl, method);
    const CURLcode code = curl_easy_perform(curl);
    hotpath_curl_end(&span, curl, code);
    return code;
}

#ifdef __cplusplus
}
#endif
#endif /* HOTPATH_CURL_H */
