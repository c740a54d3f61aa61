#include "stats/accumulators/byte_keys.h"

status byte_keys_of(frame *f, uint32_t variable, uint8_t span_max, byte_keys *out, error *err) {
  *out = (byte_keys){0};
  if (program_variable_form(&frame_program(f)->variables[variable]) != FORM_CODED) {
    return STATUS_OK;
  }
  coded_view view;
  TRY(frame_coded(f, variable, &view, err));
  if (view.slots == NULL || view.keys.count > sizeof out->of_slot) {
    return STATUS_OK;
  }
  int64_t low = 0, high = 0;
  for (uint32_t k = 0; k < view.keys.count; k++) {
    const int64_t key = view.keys.numbers[k];
    low = k == 0 || key < low ? key : low;
    high = k == 0 || key > high ? key : high;
  }
  const uint64_t span = (uint64_t)high - (uint64_t)low;
  if (span > span_max) {
    return STATUS_OK;
  }
  *out = (byte_keys){.slots = view.slots, .low = low, .span = (uint8_t)span};
  for (uint32_t k = 0; k < view.keys.count; k++) {
    out->of_slot[k] = (uint8_t)(view.keys.numbers[k] - low);
  }
  return STATUS_OK;
}
