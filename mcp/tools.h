/* tools.h: the list of all tools. Descriptions are all that a model knows of a tool: what it answers
   and when to ask it. No text of the program ever stands in one. */

static const tool_t tools[] = {
    {"bottlenecks", "What to optimise first",
        "Ranked causes of lost time and growing memory, each with its numbers, an action and the "
        "next call to make. Ask this first.",
        SET_ANALYSIS, ARG_LIMIT | ARG_SINCE, 10, 50, NULL, NULL, NULL, NULL, tool_bottlenecks},
    {"functions_timing", "Time by function",
        "Calls, time, percentiles by function. sort: self=own code, total=with callees, "
        "spread=spikes. since: 10s, next_since.",
        SET_CORE, ARG_RANKED, 20, 200, functions_sorts, NULL, NULL, NULL, tool_functions_timing},
    {"functions_alloc", "Memory by function",
        "Allocations, bytes, frees and live memory by function. sort: bytes, count=churn, "
        "live=who holds it, total=with callees.",
        SET_CORE, ARG_RANKED, 20, 200, alloc_sorts, NULL, NULL, NULL, tool_functions_alloc},
    {"heap", "The heap",
        "view: usage=process and malloc; sites=who holds live memory; diff=what grew since base (a "
        "label of hotpath_heap_snapshot) or since; leaks=suspects that grow; sizes=histogram.",
        SET_ANALYSIS, ARG_LIMIT | ARG_FILTER | ARG_SINCE | ARG_HEAP_VIEW | ARG_BASE, 20, 200, NULL,
        NULL, NULL, NULL, tool_heap},
    {"function_timing_logs", "Single executions of a function",
        "The last executions of one function, or its slowest: duration, when, thread and result.",
        SET_CORE, ARG_EXECUTIONS, 50, 1000, NULL, "function_name", "function_id", NULL,
        tool_function_timing_logs},
    {"function_alloc_logs", "Single executions and what they allocated",
        "What each of the last executions of one function allocated itself: bytes, count, when, "
        "thread.",
        SET_CORE, ARG_LOG | ARG_RESPONSE_FORMAT, 50, 1000, NULL, "function_name", "function_id",
        NULL, tool_function_alloc_logs},
    {"query_flamegraph", "Call tree and flame graph",
        "Top functions by self and total, heaviest paths. root: only below it; view=callers: who "
        "calls root; source=alloc: bytes; offcpu: who waits.",
        SET_ANALYSIS,
        ARG_LIMIT | ARG_SINCE | ARG_THREAD | ARG_SOURCE | ARG_VIEW | ARG_ROOT | ARG_MIN_PERCENT |
            ARG_FORMAT,
        20, 200, NULL, NULL, NULL, NULL, tool_query_flamegraph},
    {"changes", "What changed",
        "This window against the one before of the same length (since, default 10s): functions "
        "ranked by the change of their self time per second.",
        SET_ANALYSIS, ARG_LIMIT | ARG_FILTER | ARG_SINCE, 20, 200, NULL, NULL, NULL, NULL,
        tool_changes},
    {"frames", "Frames of the program's loops",
        "Why did a frame spike? fps, percentiles, jitter, frames over their budget and their "
        "period; the worst frames with each scope's time against its median. view=plots: the last "
        "frames with the gauges; phases: time between marks.",
        SET_ANALYSIS, ARG_SUMMARY | ARG_FILTER | ARG_SINCE | ARG_FRAMES_VIEW, 20, 200, NULL, NULL,
        NULL, NULL, tool_frames},
    {"channels", "Channels",
        "Queues: depth, capacity, rates, time in the queue, who waits for room, producers and "
        "consumers. "
        "sort: pressure=fullest, or growing; throughput; wait=senders blocked.",
        SET_CORE, ARG_SORTED, 20, 200, channels_sorts, NULL, NULL, NULL, tool_channels},
    {"channel_logs", "Single messages of a channel",
        "The last sends and receives of one channel: when, thread, and how long each was in it.",
        SET_CORE, ARG_LOG | ARG_ORDER, 50, 1000, NULL, "channel_name", "channel_id", NULL,
        tool_channel_logs},
    {"streams", "Streams", "Sequences of items: items, bytes, rates, state, who makes them.",
        SET_CORE, ARG_VALUES | ARG_SINCE, 20, 200, NULL, NULL, NULL, NULL, tool_channels},
    {"stream_logs", "Single items of a stream",
        "The last items of one stream, or its largest: when, bytes, thread.", SET_CORE,
        ARG_LOG | ARG_ORDER, 50, 1000, NULL, "stream_name", "stream_id", NULL, tool_channel_logs},
    {"threads", "Threads",
        "Every thread: calls, time inside instrumented code, memory, and the scope that it is in "
        "now with the time since it was entered. sort=current: what hangs.",
        SET_CORE, ARG_SORTED, 20, 200, threads_sorts, NULL, NULL, NULL, tool_threads},
    {"gauges", "Gauges", "Numbers that the program keeps: value now, minimum, maximum.", SET_CORE,
        ARG_VALUES, 20, 200, NULL, NULL, NULL, NULL, tool_values},
    {"gauge_logs", "History of a gauge", "The last values of one gauge.", SET_CORE, ARG_LOG, 50,
        1000, NULL, "gauge_name", "gauge_id", NULL, tool_value_logs},
    {"dbg_entries", "dbg values", "Every HOTPATH_DBG expression with its last value.", SET_CORE,
        ARG_VALUES, 20, 200, NULL, NULL, NULL, NULL, tool_values},
    {"dbg_logs", "History of a dbg value", "The last values of one HOTPATH_DBG expression.",
        SET_CORE, ARG_LOG, 50, 1000, NULL, "dbg_name", "dbg_id", "debug_id", tool_value_logs},
    {"val_entries", "Tracked values", "Every HOTPATH_VAL key with its last value.", SET_CORE,
        ARG_VALUES, 20, 200, NULL, NULL, NULL, NULL, tool_values},
    {"val_logs", "History of a tracked value", "The last values of one HOTPATH_VAL key.", SET_CORE,
        ARG_LOG, 50, 1000, NULL, "val_name", "val_id", "debug_id", tool_value_logs},
    {"sql", "Queries",
        "SQL statements without their values: count, time, rows, errors, full-scan steps, who runs "
        "each, how often per call and route.",
        SET_CORE, ARG_RANKED, 20, 200, spans_sorts, NULL, NULL, NULL, tool_spans},
    {"sql_logs", "Single queries",
        "The last executions of one statement, or its slowest with rows and status.", SET_CORE,
        ARG_EXECUTIONS, 50, 1000, NULL, "sql_name", "sql_id", NULL, tool_span_logs},
    {"http", "Requests made",
        "HTTP requests that the program makes, by endpoint: count, statuses, time, bytes, name "
        "lookup, connect, TLS, first byte.",
        SET_CORE, ARG_RANKED, 20, 200, spans_sorts, NULL, NULL, NULL, tool_spans},
    {"http_logs", "Single requests made",
        "The last requests to one endpoint, or its slowest with status.", SET_CORE, ARG_EXECUTIONS,
        50, 1000, NULL, "http_name", "http_id", NULL, tool_span_logs},
    {"server", "Routes served",
        "Requests that the program serves, by route: count, statuses, time, rate, queries per "
        "request. sort: spread=spikes.",
        SET_CORE, ARG_RANKED, 20, 200, spans_sorts, NULL, NULL, NULL, tool_spans},
    {"server_logs", "Single requests served",
        "The last requests of one route, or its slowest with status and the scopes inside each.",
        SET_CORE, ARG_EXECUTIONS, 50, 1000, NULL, "server_name", "server_id", NULL, tool_span_logs},
    {"mutexes", "Mutexes and waits",
        "Mutexes, conditions, semaphores, barriers: acquisitions, contended, wait and hold "
        "percentiles, longest wait; holders: who held it while whom waited.",
        SET_CORE, ARG_SORTED, 20, 200, locks_sorts, NULL, NULL, NULL, tool_locks},
    {"rw_locks", "Read-write locks", "As mutexes, readers and writers apart.", SET_CORE, ARG_SORTED,
        20, 200, locks_sorts, NULL, NULL, NULL, tool_locks},
    {"io", "Io",
        "Reads, writes and the like by label and kind of descriptor: count, bytes, errors, time, "
        "throughput, callers. sort: blocking=where it must not.",
        SET_CORE, ARG_RANKED, 20, 200, io_sorts, NULL, NULL, NULL, tool_io},
    {"futures", "Tasks",
        "Futures, coroutines, jobs, callbacks by label: calls, polls, poll time, waits, lives; "
        "what is pending now and for how long. sort: oldest=stuck, max=who blocks.",
        SET_CORE, ARG_SORTED, 20, 200, tasks_sorts, NULL, NULL, NULL, tool_futures},
    {"future_logs", "Single tasks",
        "Tasks of one label: those that are alive, then the last that ended: state, polls, poll "
        "time, life, result. order=slowest: most poll time.",
        SET_CORE, ARG_LOG | ARG_ORDER | ARG_RESPONSE_FORMAT, 50, 1000, NULL, "future_name",
        "future_id", NULL, tool_future_logs},
    {"tokio_runtime", "Pools and event loops",
        "Thread pools, job systems, event loops: workers with busy and parked time, parks, polls, "
        "steals; alive tasks, queue depth, loop lag. Also called runtime.",
        SET_CORE, ARG_SUMMARY | ARG_FILTER | ARG_SINCE, 20, 200, NULL, NULL, NULL, NULL,
        tool_runtime},
    {"profiler_status", "The profiler itself",
        "Uptime, version, clock, the cost of one recording, and every overflow and drop counter: "
        "whether the numbers can be trusted.",
        SET_CORE, 0, 0, 0, NULL, NULL, NULL, NULL, tool_profiler_status},
};
static const tool_t* registry_at(size_t index) {
    return index < sizeof tools / sizeof *tools ? &tools[index] : NULL;
}
