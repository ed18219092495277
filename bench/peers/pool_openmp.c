/* The peer of our thread pool: the same loops under GCC's OpenMP runtime.
 * pool_openmp empty|busy THREADS prints the median seconds of one loop. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 7
#define LOOPS 2000
#define CHUNKS 64
#define CHUNK_S 20e-6

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void empty(void)
{
    for (int i = 0; i < LOOPS; i++) {
#pragma omp parallel for schedule(dynamic, 1)
        for (int k = 0; k < 2; k++)
            __asm__ volatile("" ::: "memory");
    }
}

static void busy(void)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (int k = 0; k < CHUNKS; k++) {
        double until = now() + CHUNK_S;
        while (now() < until)
            ;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int is_empty = strcmp(argv[1], "empty") == 0;
    double seconds[ROUNDS];
    omp_set_num_threads(argv[2][0] - '0');
    for (int i = -1; i < ROUNDS; i++) {
        double from = now();
        if (is_empty)
            empty();
        else
            busy();
        if (i >= 0)
            seconds[i] = (now() - from) / (is_empty ? LOOPS : 1);
    }
    qsort(seconds, ROUNDS, sizeof(*seconds), compare);
    printf("%.9g\n", seconds[ROUNDS / 2]);
    return 0;
}
