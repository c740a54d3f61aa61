/* Which form of the kernels is in use.  The choice is one atomic pointer, so that threads that meet
 * at the first use agree: each of them would choose the same table. */
#include <stdatomic.h>
#include <string.h>

#include "stats/kernels/bits.h"
#include "stats/kernels/histogram.h"
#include "stats/kernels/kernels.h"
#include "stats/kernels/logit.h"
#include "stats/kernels/nearest.h"
#include "stats/kernels/xtx.h"
#include "stats/stats.h"

static const stats_kernels portable = {
    .name = "portable",
    .count_slots = histogram_count_portable,
    .weigh_slots = histogram_weigh_portable,
    .weigh_slots_widely = histogram_weigh_widely_portable,
    .multiply_bytes = xtx_multiply_portable,
    .multiply_columns = xtx_columns_portable,
    .look_up = xtx_look_up_portable,
    .score_bytes = logit_score_portable,
    .logit_terms = logit_terms_portable,
    .nearest_bytes = nearest_bytes_portable,
    .add_distances = nearest_add_distances_portable,
    .mark_equal = bits_mark_portable,
    .count_common_bits = bits_count_portable,
    .common_bits_cells = BITS_CELLS_PORTABLE,
};

static bool always(void) {
  return true;
}

#if KERNELS_X86
static const stats_kernels avx2 = {
    .name = "avx2",
    .count_slots = histogram_count_avx2,
    .weigh_slots = histogram_weigh_avx2,
    .weigh_slots_widely = histogram_weigh_widely_avx2,
    .multiply_bytes = xtx_multiply_avx2,
    .multiply_columns = xtx_columns_avx2,
    .look_up = xtx_look_up_avx2,
    .score_bytes = logit_score_avx2,
    .logit_terms = logit_terms_avx2,
    .nearest_bytes = nearest_bytes_avx2,
    .add_distances = nearest_add_distances_avx2,
    .mark_equal = bits_mark_avx2,
    .count_common_bits = bits_count_avx2,
    .common_bits_cells = BITS_CELLS_AVX2,
};

static const stats_kernels avx512 = {
    .name = "avx512",
    .count_slots = histogram_count_avx512,
    .weigh_slots = histogram_weigh_avx512,
    .weigh_slots_widely = histogram_weigh_widely_avx2,
    .multiply_bytes = xtx_multiply_avx512,
    .multiply_columns = xtx_columns_avx512,
    .look_up = xtx_look_up_avx512,
    .score_bytes = logit_score_avx512,
    .logit_terms = logit_terms_avx512,
    .nearest_bytes = nearest_bytes_avx512,
    .add_distances = nearest_add_distances_avx512,
    .mark_equal = bits_mark_avx512,
    .count_common_bits = bits_count_avx512,
    .common_bits_cells = BITS_CELLS_AVX512,
};

static bool has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vpopcntdq");
}
#endif

/* The widest first. */
static const struct {
  const stats_kernels *kernels;
  bool (*supported)(void);
} forms[] = {
#if KERNELS_X86
    {&avx512, has_avx512},
    {&avx2, has_avx2},
#endif
    {&portable, always},
};
enum { FORMS_COUNT = sizeof forms / sizeof forms[0] };

static _Atomic(const stats_kernels *) current;

const stats_kernels *stats_kernels_current(void) {
  const stats_kernels *chosen = atomic_load_explicit(&current, memory_order_acquire);
  for (size_t i = 0; chosen == NULL && i < FORMS_COUNT; i++) {
    if (forms[i].supported()) {
      chosen = forms[i].kernels;
      atomic_store_explicit(&current, chosen, memory_order_release);
    }
  }
  return chosen;
}

const char *stats_kernels_name(void) {
  return stats_kernels_current()->name;
}

status stats_kernels_choose(const char *name, error *err) {
  for (size_t i = 0; i < FORMS_COUNT; i++) {
    if (strcmp(forms[i].kernels->name, name) == 0) {
      if (!forms[i].supported()) {
        return error_set(err, STATUS_USAGE,
                         "kernels \"%s\": this processor lacks the instructions; use \"%s\"", name,
                         stats_kernels_name());
      }
      atomic_store_explicit(&current, forms[i].kernels, memory_order_release);
      return STATUS_OK;
    }
  }
  return error_set(err, STATUS_USAGE,
                   "kernels \"%s\": unknown; expected \"portable\", \"avx2\" or \"avx512\"", name);
}
