/* Opening the canonical document: shape checks with the place in the message, and labels. */
#include "report/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "stats/plan/plan.h"

/* ---- The shape ----------------------------------------------------------------------------------- */

/* A table's limits keep the memory of a grid bounded, whatever a document says. */
enum { COLUMNS_MAX = 64, CELLS_MAX = 64 << 20 };

typedef struct place {
  const struct place *parent;
  const char *key; /* NULL: an element of a list */
  size_t index;
} place;

typedef struct member_rule {
  const char *key;
  json_kind kind;
  bool required;
} member_rule;

static const char *const kind_words[] = {
    [JSON_NULL] = "null",        [JSON_BOOL] = "true or false", [JSON_INTEGER] = "a whole number",
    [JSON_NUMBER] = "a number",  [JSON_TEXT] = "a text",        [JSON_ARRAY] = "a list",
    [JSON_OBJECT] = "an object",
};

static void place_write(const place *p, buf *out) {
  if (p == NULL) {
    return;
  }
  place_write(p->parent, out);
  if (p->key == NULL) {
    buf_printf(out, "[%zu]", p->index);
  } else {
    buf_printf(out, "%s%s", out->length > 0 ? "." : "", p->key);
  }
}

static status shape_error(const place *p, const char *problem, error *err) {
  buf path;
  buf_init(&path);
  place_write(p, &path);
  status st = error_set(err, STATUS_CORRUPT, "report: %.*s %s", (int)path.length,
                        path.data == NULL ? "" : (const char *)path.data, problem);
  buf_fini(&path);
  return st;
}

static status shape_kind(const place *p, const json *node, json_kind kind, error *err) {
  if (node != NULL && json_kind_of(node) == kind) {
    return STATUS_OK;
  }
  char problem[64];
  (void)snprintf(problem, sizeof problem, "must be %s", kind_words[kind]);
  return shape_error(p, problem, err);
}

static status shape_object(const place *at, const json *node, const member_rule *rules, size_t count,
                           error *err) {
  TRY(shape_kind(at, node, JSON_OBJECT, err));
  for (size_t i = 0; i < count; i++) {
    const json *member = json_get(node, rules[i].key);
    bool absent = member == NULL || json_kind_of(member) == JSON_NULL;
    if (absent && !rules[i].required) {
      continue;
    }
    TRY(shape_kind(&(place){at, rules[i].key, 0}, member, rules[i].kind, err));
  }
  return STATUS_OK;
}

typedef status shape_function(const place *at, const json *node, error *err);

static status shape_list(const place *at, const json *owner, const char *key, shape_function *each,
                         error *err) {
  const json *list = json_get(owner, key);
  const place here = {at, key, 0};
  for (size_t i = 0; i < json_count(list); i++) {
    TRY(each(&(place){&here, NULL, i}, json_at(list, i), err));
  }
  return STATUS_OK;
}

#define RULES(rules) (rules), sizeof(rules) / sizeof((rules)[0])

static status shape_text(const place *at, const json *node, error *err) {
  return shape_kind(at, node, JSON_TEXT, err);
}

static status shape_any_object(const place *at, const json *node, error *err) {
  return shape_kind(at, node, JSON_OBJECT, err);
}

static status shape_label(const place *at, const json *node, const char *key, error *err) {
  const json *label = json_get(node, key);
  const place here = {at, key, 0};
  for (size_t i = 0; i < json_count(label); i++) {
    const char *language = NULL;
    const json *text = json_member(label, i, &language);
    TRY(shape_kind(&(place){&here, language, 0}, text, JSON_TEXT, err));
  }
  return STATUS_OK;
}

static status shape_labelled(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {{"label", JSON_OBJECT, false}};
  TRY(shape_object(at, node, RULES(rules), err));
  return shape_label(at, node, "label", err);
}

static status shape_remark(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {{"code", JSON_TEXT, true}, {"detail", JSON_OBJECT, false}};
  return shape_object(at, node, RULES(rules), err);
}

static status shape_table(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {{"name", JSON_TEXT, true},
                                      {"view", JSON_TEXT, true},
                                      {"columns", JSON_ARRAY, true},
                                      {"rows", JSON_ARRAY, true}};
  TRY(shape_object(at, node, RULES(rules), err));
  if (json_count(json_get(node, "columns")) > COLUMNS_MAX ||
      json_count(json_get(node, "rows")) > CELLS_MAX / COLUMNS_MAX) {
    return shape_error(at, "has more rows or columns than a table may have", err);
  }
  TRY(shape_list(at, node, "columns", shape_text, err));
  return shape_list(at, node, "rows", shape_any_object, err);
}

static status shape_analysis(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {
      {"analysis", JSON_TEXT, true}, {"name", JSON_TEXT, true},        {"label", JSON_OBJECT, false},
      {"tables", JSON_ARRAY, true},  {"settings", JSON_OBJECT, false}, {"warnings", JSON_ARRAY, false},
      {"notes", JSON_ARRAY, false},  {"headline", JSON_OBJECT, false},
  };
  static const member_rule headline_rules[] = {{"table", JSON_TEXT, true}, {"column", JSON_TEXT, true}};
  TRY(shape_object(at, node, RULES(rules), err));
  TRY(shape_label(at, node, "label", err));
  const json *headline = json_get(node, "headline");
  if (json_kind_of(headline) == JSON_OBJECT) {
    TRY(shape_object(&(place){at, "headline", 0}, headline, RULES(headline_rules), err));
  }
  TRY(shape_list(at, node, "tables", shape_table, err));
  TRY(shape_list(at, node, "warnings", shape_remark, err));
  return shape_list(at, node, "notes", shape_remark, err);
}

static status shape_lost_place(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {
      {"row", JSON_INTEGER, true}, {"rows", JSON_INTEGER, true}, {"cause", JSON_TEXT, true}};
  return shape_object(at, node, RULES(rules), err);
}

static status shape_file(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {
      {"name", JSON_TEXT, true},           {"sha256", JSON_TEXT, true},
      {"bytes", JSON_INTEGER, true},       {"records", JSON_INTEGER, true},
      {"places", JSON_ARRAY, false},       {"quarantined", JSON_INTEGER, true},
      {"blank_rows", JSON_OBJECT, false},  {"repeated_headers", JSON_OBJECT, false},
      {"totals", JSON_OBJECT, false},      {"hidden_rows", JSON_OBJECT, false},
      {"far_cells", JSON_OBJECT, false},   {"long_numbers", JSON_OBJECT, false},
      {"read_as", JSON_OBJECT, false},     {"lost_rows", JSON_OBJECT, false},
      {"maybe_totals", JSON_OBJECT, false}};
  static const member_rule lost_rules[] = {
      {"n", JSON_INTEGER, true}, {"shards", JSON_INTEGER, true}, {"places", JSON_ARRAY, true}};
  static const member_rule read_as_rules[] = {{"header_rows", JSON_INTEGER, true},
                                              {"skipped_lines", JSON_INTEGER, true},
                                              {"notices", JSON_ARRAY, true},
                                              {"sheet", JSON_TEXT, false}};
  static const member_rule skipped_rules[] = {{"n", JSON_INTEGER, true}, {"lines", JSON_ARRAY, true}};
  static const char *const skipped[] = {"blank_rows",   "repeated_headers", "totals",      "hidden_rows",
                                        "long_numbers", "far_cells",        "maybe_totals"};
  TRY(shape_object(at, node, RULES(rules), err));
  for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++) {
    const json *given = json_get(node, skipped[i]);
    if (json_kind_of(given) == JSON_OBJECT) {
      TRY(shape_object(&(place){at, skipped[i], 0}, given, RULES(skipped_rules), err));
    }
  }
  const json *lost = json_get(node, "lost_rows");
  if (json_kind_of(lost) == JSON_OBJECT) {
    const place here = {at, "lost_rows", 0};
    TRY(shape_object(&here, lost, RULES(lost_rules), err));
    TRY(shape_list(&here, lost, "places", shape_lost_place, err));
  }
  const json *read_as = json_get(node, "read_as");
  if (json_kind_of(read_as) == JSON_OBJECT) {
    const place here = {at, "read_as", 0};
    TRY(shape_object(&here, read_as, RULES(read_as_rules), err));
    TRY(shape_list(&here, read_as, "notices", shape_text, err));
  }
  return shape_list(at, node, "places", shape_any_object, err);
}

static status shape_fact(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {{"name", JSON_TEXT, true},
                                      {"answered", JSON_INTEGER, true},
                                      {"missing", JSON_OBJECT, false},
                                      {"places", JSON_ARRAY, false},
                                      {"invalid_texts", JSON_ARRAY, false},
                                      {"invalid_texts_more", JSON_OBJECT, false}};
  TRY(shape_object(at, node, RULES(rules), err));
  TRY(shape_list(at, node, "invalid_texts", shape_any_object, err));
  return shape_list(at, node, "places", shape_any_object, err);
}

static status shape_data(const place *at, const json *node, error *err) {
  static const member_rule rules[] = {
      {"files", JSON_ARRAY, true},          {"rows", JSON_INTEGER, true},
      {"quarantined", JSON_INTEGER, true},  {"lost_rows", JSON_INTEGER, false},
      {"lost_shards", JSON_INTEGER, false}, {"invalid", JSON_INTEGER, true},
      {"variables", JSON_ARRAY, false}};
  TRY(shape_object(at, node, RULES(rules), err));
  TRY(shape_list(at, node, "files", shape_file, err));
  return shape_list(at, node, "variables", shape_fact, err);
}

static status shape_variables(const json *variables, error *err) {
  static const member_rule rules[] = {{"label", JSON_OBJECT, false}, {"values", JSON_ARRAY, false}};
  const place top = {NULL, "variables", 0};
  for (size_t i = 0; i < json_count(variables); i++) {
    const char *name = NULL;
    const json *variable = json_member(variables, i, &name);
    const place here = {&top, name, 0};
    TRY(shape_object(&here, variable, RULES(rules), err));
    TRY(shape_label(&here, variable, "label", err));
    TRY(shape_list(&here, variable, "values", shape_labelled, err));
  }
  return STATUS_OK;
}

static status shape_document(const json *root, error *err) {
  static const member_rule rules[] = {{"canvass", JSON_OBJECT, true},     {"title", JSON_OBJECT, false},
                                      {"specification", JSON_TEXT, true}, {"data", JSON_OBJECT, true},
                                      {"report", JSON_OBJECT, false},     {"variables", JSON_OBJECT, true},
                                      {"analyses", JSON_ARRAY, true}};
  if (json_kind_of(root) != JSON_OBJECT) {
    return error_set(err, STATUS_CORRUPT, "report: must be an object");
  }
  TRY(shape_object(NULL, root, RULES(rules), err));
  const json *version = json_get(json_get(root, "canvass"), "report");
  TRY(shape_kind(&(place){&(place){NULL, "canvass", 0}, "report", 0}, version, JSON_INTEGER, err));
  if (json_as_integer(version) != DOCUMENT_VERSION) {
    const bool is_newer = json_as_integer(version) > DOCUMENT_VERSION;
    return error_set(err, STATUS_CORRUPT,
                     "report: made by %s version of canvass (document version %lld; this one reads %d); %s",
                     is_newer ? "a newer" : "an older", (long long)json_as_integer(version), DOCUMENT_VERSION,
                     is_newer ? "update this one" : "use that version, or evaluate the survey again");
  }
  TRY(shape_label(NULL, root, "title", err));
  TRY(shape_data(&(place){NULL, "data", 0}, json_get(root, "data"), err));
  TRY(shape_variables(json_get(root, "variables"), err));
  return shape_list(NULL, root, "analyses", shape_analysis, err);
}

status document_open(arena *memory, const void *bytes, size_t length, report_language language, document *out,
                     error *err) {
  json *root = NULL;
  TRY(json_parse(memory, (slice){bytes, length}, "report", &root, err));
  TRY(shape_document(root, err));
  *out = (document){.memory = memory, .root = root, .language = language};
  return STATUS_OK;
}

/* ---- Names and labels ---------------------------------------------------------------------------- */

slice document_word(const document *d, word w) {
  return slice_of(word_text(w, d->language));
}

/* Bytes of the character at TEXT's start that may be shown as it is; 0: it must be replaced. */
static size_t shown_bytes(slice text) {
  unsigned char first = (unsigned char)text.bytes[0];
  if (first < 0x80) {
    return first >= 0x20 && first != 0x7F ? 1 : 0;
  }
  size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (length > text.length || text_utf8_check(text.bytes, length) != length) {
    return 0;
  }
  bool is_c1_control = first == 0xC2 && (unsigned char)text.bytes[1] < 0xA0;
  return is_c1_control ? 0 : length;
}

slice document_display(const document *d, slice text) {
  size_t clean = 0;
  while (clean < text.length) {
    size_t step = shown_bytes((slice){text.bytes + clean, text.length - clean});
    if (step == 0) {
      break;
    }
    clean += step;
  }
  if (clean == text.length) {
    return text;
  }
  buf shown;
  buf_init(&shown);
  for (size_t i = 0; i < text.length;) {
    size_t step = shown_bytes((slice){text.bytes + i, text.length - i});
    buf_put(&shown, step == 0 ? " " : text.bytes + i, step == 0 ? 1 : step);
    i += step == 0 ? 1 : step;
  }
  slice copy = arena_slice(d->memory, (slice){(const char *)shown.data, shown.length});
  buf_fini(&shown);
  return copy;
}

/* In the document's language, else the nearest one given; empty when there is none. */
static slice nearest_text(const document *d, const json *label) {
  static const int order[3][3] = {{0, 1, 2}, {1, 2, 0}, {2, 1, 0}};
  for (int i = 0; i < 3; i++) {
    const slice text = json_as_text(json_get(label, plan_languages[order[d->language][i]]));
    if (text.length > 0) {
      return text;
    }
  }
  return slice_of(NULL);
}

slice document_label(const document *d, const json *label) {
  return document_display(d, nearest_text(d, label));
}

slice document_paragraphs(const document *d, const json *label) {
  slice rest = nearest_text(d, label);
  buf out;
  buf_init(&out);
  while (rest.length > 0) {
    const char *end = memchr(rest.bytes, '\n', rest.length);
    const size_t length = end == NULL ? rest.length : (size_t)(end - rest.bytes);
    const slice line = document_display(d, (slice){rest.bytes, length});
    buf_put(&out, line.bytes, line.length);
    buf_put(&out, "\n", end == NULL ? 0 : 1);
    rest = (slice){rest.bytes + length + (end == NULL ? 0 : 1), rest.length - length - (end == NULL ? 0 : 1)};
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
  return copy;
}

static const json *find_variable(const document *d, slice name) {
  const char *key = arena_copy(d->memory, name);
  return key == NULL ? NULL : json_get(json_get(d->root, "variables"), key);
}

slice document_item(const document *d, slice name) {
  if (d->shows_names) {
    return document_display(d, name);
  }
  slice label = document_label(d, json_get(find_variable(d, name), "label"));
  return label.length > 0 ? label : document_display(d, name);
}

static bool keys_equal(const json *a, const json *b) {
  bool a_is_text = json_kind_of(a) == JSON_TEXT;
  if (a_is_text != (json_kind_of(b) == JSON_TEXT)) {
    return false;
  }
  if (a_is_text) {
    return slice_equal(json_as_text(a), json_as_text(b));
  }
  double x = json_as_number(a);
  double y = json_as_number(b);
  return !(x < y) && !(x > y);
}

static void put_shown(buf *out, slice text) {
  buf_put(out, text.bytes, text.length);
}

/* The label of one value of ITEM, which a crossing has among the parts of its KEY: numbers are texts there.
 */
static slice label_of_part(const document *d, slice item, slice key) {
  const json *values = json_get(find_variable(d, item), "values");
  for (size_t i = 0; i < json_count(values); i++) {
    const json *value = json_at(values, i);
    const json *own = json_get(value, "key");
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%" PRId64, json_as_integer(own));
    const slice label = document_label(d, json_get(value, "label"));
    const bool is_text = json_kind_of(own) == JSON_TEXT;
    if (label.length > 0 && slice_equal(is_text ? json_as_text(own) : slice_of(digits), key)) {
      return label;
    }
  }
  return document_display(d, key);
}

/* A crossing whose values are not all declared has no labels of its own: each part has that of its variable.
 * Empty: KEY has not as many parts as there are variables. */
static slice crossed_value(const document *d, const json *crosses, slice key) {
  static const char sign[] = PROGRAM_CROSS_SIGN;
  const size_t sign_bytes = sizeof sign - 1;
  buf text;
  size_t part = 0;
  buf_init(&text);
  for (const char *at = key.bytes; at != NULL; part++) {
    const size_t left = key.length - (size_t)(at - key.bytes);
    const char *end = memmem(at, left, sign, sign_bytes);
    const slice own = {at, end != NULL ? (size_t)(end - at) : left};
    buf_put(&text, sign, part > 0 ? sign_bytes : 0);
    put_shown(&text, label_of_part(d, json_as_text(json_at(crosses, part)), own));
    at = end != NULL ? end + sign_bytes : NULL;
  }
  const slice made = {(const char *)text.data, text.length};
  const slice kept = part == json_count(crosses) ? arena_slice(d->memory, made) : slice_of("");
  buf_fini(&text);
  return kept;
}

slice document_value(const document *d, slice item, const json *key) {
  if (json_kind_of(key) == JSON_NULL) {
    return document_word(d, WORD_NO_ANSWER);
  }
  const json *values = json_get(find_variable(d, item), "values");
  for (size_t i = 0; i < json_count(values); i++) {
    const json *value = json_at(values, i);
    if (keys_equal(json_get(value, "key"), key)) {
      slice label = document_label(d, json_get(value, "label"));
      if (label.length > 0) {
        return label;
      }
    }
  }
  if (json_kind_of(key) == JSON_TEXT) {
    const json *crosses = json_get(find_variable(d, item), "crosses");
    const slice crossed =
        json_count(crosses) > 0 ? crossed_value(d, crosses, json_as_text(key)) : slice_of("");
    return crossed.length > 0 ? crossed : document_display(d, json_as_text(key));
  }
  buf text;
  buf_init(&text);
  json_write(key, &text);
  slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return document_display(d, copy);
}

slice document_group(const document *d, const json *group) {
  if (json_kind_of(group) == JSON_TEXT) {
    return document_display(d, json_as_text(group));
  }
  if (json_count(group) == 0) {
    return document_word(d, WORD_TOTAL);
  }
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < json_count(group); i++) {
    const char *name = "";
    const json *key = json_member(group, i, &name);
    put_shown(&text, i > 0 ? document_word(d, WORD_COMMA) : slice_of(""));
    put_shown(&text, document_item(d, slice_of(name)));
    put_shown(&text, document_word(d, WORD_COLON));
    put_shown(&text, document_value(d, slice_of(name), key));
  }
  slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

bool document_is_date(const document *d, slice item) {
  return slice_equal(json_as_text(json_get(find_variable(d, item), "kind")), slice_of("date"));
}

bool document_scale(const document *d, slice item, double *low, double *high) {
  const json *range = json_get(find_variable(d, item), "range");
  if (json_count(range) != 2) {
    return false;
  }
  *low = json_as_number(json_at(range, 0));
  *high = json_as_number(json_at(range, 1));
  return *low < *high;
}
