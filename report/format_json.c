/* JSON: the document as it is, and a line end. */
#include "report/formats.h"

status format_json_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  (void)options;
  (void)part;
  buf_put(out, bytes.bytes, bytes.length);
  buf_put_u8(out, '\n');
  return buf_status(out, "report", err);
}
