/* `missing` of a proposed variable: what was found, and what the file's dictionary declares. */
#include "specification/proposal/page.h"
#include "specification/proposal/yaml_text.h"
#include "specification/reason_words.h"

/* "90..99", "90..", "..-1" */
static void put_code(const code_range *r, buf *page) {
  buf code;
  buf_init(&code);
  buf_printf(&code, r->is_range ? "%.*s..%.*s" : "%.*s", SLICE_ARG(r->low), SLICE_ARG(r->high));
  yaml_text_put(page, (slice){(const char *)code.data, code.length});
  buf_fini(&code);
}

static bool is_absent(const guess_absent *absent, uint32_t count, slice code) {
  for (uint32_t i = 0; i < count; i++) {
    if (slice_equal(absent[i].text, code)) {
      return true;
    }
  }
  return false;
}

/* A `missing` takes the place of the dictionary's as a whole: so it has all that the dictionary would give.
 */
static void put_declared(const guess *at, const guess_absent *absent, uint32_t count, buf *page) {
  const column_codes *codes = at->facts->codes;
  missing_reason reason;
  for (uint32_t i = 0; i < codes->values_count; i++) {
    const code_label *v = &codes->values[i];
    const bool is_declared = guess_declares(codes, v->code);
    if (!is_absent(absent, count, v->code) &&
        (is_declared || (at->from_labels && reason_is_label(v->label, &reason)))) {
      buf_printf(page, ", ");
      yaml_text_put(page, v->code);
      buf_printf(page, ": %s", missing_name(reason_of_label(v->label)));
    }
  }
  for (uint32_t i = 0; i < codes->missing_count; i++) {
    bool is_put = false;
    for (uint32_t k = 0; k < codes->values_count && !codes->missing[i].is_range; k++) {
      is_put = is_put || facts_is_code(codes->values[k].code, &codes->missing[i]);
    }
    if (!is_put) {
      buf_printf(page, ", ");
      put_code(&codes->missing[i], page);
      buf_printf(page, ": other");
    }
  }
}

void page_put_missing(const guess *at, const guess_absent *absent, uint32_t count, buf *page) {
  for (uint32_t i = 0; i < count; i++) {
    buf_printf(page, "%s", i == 0 ? ", missing: {" : ", ");
    yaml_text_put(page, absent[i].text);
    buf_printf(page, ": %s", absent[i].reason);
  }
  if (count > 0) {
    put_declared(at, absent, count, page);
  }
  buf_printf(page, "%s", count > 0 ? "}" : "");
}
