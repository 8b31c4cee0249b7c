/* Truth on a clock of 32768 ticks a second, where a tick is 30517.578125 ns. */
#define RATE 32768
#include "test_truth_hz.c"
