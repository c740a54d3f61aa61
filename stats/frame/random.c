/* Philox behind two functions; see random.h. */
#include "stats/frame/random.h"

#include <Random123/philox.h>

uint64_t random_bits(uint64_t seed, random_stream stream, uint64_t index, uint32_t second_index) {
  const philox4x32_ctr_t counter = {
      {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, second_index}};
  const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  const philox4x32_ctr_t out = philox4x32(counter, key);
  return (uint64_t)out.v[1] << 32 | out.v[0];
}

double random_unit(uint64_t seed, random_stream stream, uint64_t index, uint32_t second_index) {
  return (double)(random_bits(seed, stream, index, second_index) >> 11) * 0x1p-53;
}
