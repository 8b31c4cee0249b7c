/* 01_hello.c - the least that hotpath needs: the implementation in one file, a mark a function.
   Build: cc -O2 -DHOTPATH -I. examples/01_hello.c -o hello     Run: ./hello */
#define HOTPATH_IMPLEMENTATION
#include "hotpath.h"
#include <stdio.h>

static bool is_prime(unsigned n) {
    HOTPATH_FUNC();
    for (unsigned d = 2; d * d <= n; d++)
        if (n % d == 0) return false; /* Every way out of a scope ends it. */
    return true;
}

int main(void) {
    HOTPATH_MAIN();
    int primes = 0;
    for (unsigned n = 2; n < 200000; n++)
        primes += is_prime(n);
    printf("%d primes below 200000\n", primes);
}
