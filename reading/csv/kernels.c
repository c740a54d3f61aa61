/* Choosing a form, once. */
#include "reading/csv/kernels.h"

typedef struct form {
  const csv_kernels *kernels;
  bool (*runs_here)(void);
} form;

static bool always(void) {
  return true;
}

#if defined(__x86_64__)
static bool has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}
#endif

/* Fastest first. */
static const form forms[] = {
#if defined(__x86_64__)
    {&csv_kernels_avx512, has_avx512},
    {&csv_kernels_avx2, has_avx2},
#endif
    {&csv_kernels_portable, always},
};

const csv_kernels *csv_kernels_at(size_t index) {
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    if (forms[i].runs_here() && index-- == 0) {
      return forms[i].kernels;
    }
  }
  return NULL;
}

const csv_kernels *csv_kernels_best(void) {
  return csv_kernels_at(0);
}

void csv_index_start(csv_index *x) {
  x->quotes = csv_quotes_start();
  x->separators = UINT64_C(1) << 63;
  x->high = 0;
}
