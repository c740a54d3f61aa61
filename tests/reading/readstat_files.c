/* Memory instead of a file, and times that do not change. */
#include "tests/reading/readstat_files.h"

#include "tests/check.h"

static ssize_t take_bytes(const void *bytes, size_t length, void *out) {
  buf_put(out, bytes, length);
  return (ssize_t)length;
}

void readstat_well(readstat_error_t result) {
  if (result != READSTAT_OK) {
    fail_msg("ReadStat: %s", readstat_error_message(result));
  }
}

readstat_writer_t *readstat_file_new(void) {
  readstat_writer_t *w = readstat_writer_init();
  assert_non_null(w);
  readstat_well(readstat_set_data_writer(w, take_bytes));
  readstat_well(readstat_writer_set_file_timestamp(w, 1000000000));
  return w;
}

void readstat_file_begin(readstat_writer_t *w, written_as as, buf *out, long rows) {
  static const uint8_t versions[WRITTEN_AS] = {
      [WRITTEN_DTA_110] = 110, [WRITTEN_DTA_111] = 111, [WRITTEN_DTA_113] = 113, [WRITTEN_DTA_114] = 114,
      [WRITTEN_DTA_117] = 117, [WRITTEN_DTA_118] = 118, [WRITTEN_DTA_119] = 119};
  if (versions[as] > 0) {
    readstat_well(readstat_writer_set_file_format_version(w, versions[as]));
    readstat_well(readstat_begin_writing_dta(w, out, rows));
    return;
  }
  readstat_well(readstat_writer_set_compression(w, as == WRITTEN_ZSAV        ? READSTAT_COMPRESS_BINARY
                                                   : as == WRITTEN_SAV_PLAIN ? READSTAT_COMPRESS_NONE
                                                                             : READSTAT_COMPRESS_ROWS));
  readstat_well(readstat_begin_writing_sav(w, out, rows));
}

void readstat_file_end(readstat_writer_t *w) {
  readstat_well(readstat_end_writing(w));
  readstat_writer_free(w);
}
