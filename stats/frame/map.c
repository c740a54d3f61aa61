/* Bytes through a table of 256: the pass over all rows that gives codes their meaning.
 *
 * Three forms with equal results; the kernels' choice (stats/kernels) says which one runs.  AVX-512 VBMI
 * looks up 128 bytes in one instruction; AVX2 does 16 at a time and so works through as many sixteenths
 * of the table as are used.
 */
#include <string.h>

#include "stats/frame/state.h"
#include "stats/kernels/kernels.h"

#if KERNELS_X86
#include <immintrin.h>
#endif

static void map_portable(const uint8_t *in, size_t count, const uint8_t table[256], uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    out[i] = table[in[i]];
  }
}

#if KERNELS_X86

KERNEL_AVX512 static void map_avx512(const uint8_t *in, size_t count, const uint8_t table[256],
                                     uint8_t *out) {
  __m512i t0 = _mm512_loadu_si512(table);
  __m512i t1 = _mm512_loadu_si512(table + 64);
  __m512i t2 = _mm512_loadu_si512(table + 128);
  __m512i t3 = _mm512_loadu_si512(table + 192);
  for (size_t i = 0; i < count; i += 64) {
    __m512i v = _mm512_loadu_si512(in + i);
    __m512i low = _mm512_permutex2var_epi8(t0, v, t1);
    __m512i high = _mm512_permutex2var_epi8(t2, v, t3);
    _mm512_storeu_si512(out + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(v), low, high));
  }
}

/* Sixteenth k holds bytes 16k .. 16k + 15.  A byte less 16k, with saturation upwards of 0x70 added,
 * keeps its top bit clear only inside the sixteenth, and pshufb gives 0 for the others. */
KERNEL_AVX2 static void map_avx2(const uint8_t *in, size_t count, const uint8_t table[256], uint8_t *out) {
  __m256i sixteenths[16];
  for (int k = 0; k < 16; k++) {
    sixteenths[k] =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(table + 16 * k)));
  }
  const __m256i lift = _mm256_set1_epi8(0x70);
  for (size_t i = 0; i < count; i += 32) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(in + i));
    __m256i result = _mm256_setzero_si256();
    for (int k = 0; k < 16; k++) {
      __m256i within = _mm256_sub_epi8(v, _mm256_set1_epi8((char)(16 * k)));
      result = _mm256_or_si256(result, _mm256_shuffle_epi8(sixteenths[k], _mm256_adds_epu8(within, lift)));
    }
    _mm256_storeu_si256((__m256i *)(void *)(out + i), result);
  }
}

#endif

static const struct map_form {
  const char *kernels;
  void (*map)(const uint8_t *in, size_t count, const uint8_t table[256], uint8_t *out);
} forms[] = {
#if KERNELS_X86
    {"avx512", map_avx512},
    {"avx2", map_avx2},
#endif
    {"portable", map_portable},
};

void frame_map_bytes(const uint8_t *in, size_t count, const uint8_t table[256], uint8_t *out) {
  const char *name = stats_kernels_current()->name;
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    if (strcmp(forms[i].kernels, name) == 0) {
      forms[i].map(in, count, table, out);
      return;
    }
  }
  map_portable(in, count, table, out);
}
