/* What a text of cells probably means, by what the codebook declares, and lines that say so. */
#include <string.h>

#include "base/array.h"
#include "cli/census_finding.h"
#include "cli/reasons.h"

enum { PASTED = 200, KEYS_COMPARED = 1000 };

/* ---- What was meant ------------------------------------------------------------------------------ */

/* What a text is like: a rule, a value, or the code with such a label. */
typedef struct nearest {
  reason_likeness likeness;
  slice shown;
  const program_rule *rule;
  slice value; /* as YAML has it: "Beijing", 4 */
} nearest;

/* Options of their own columns are no texts of cells. */
static uint32_t values_of(const program_variable *v) {
  const uint32_t most = v->keys_count < KEYS_COMPARED ? v->keys_count : KEYS_COMPARED;
  return v->kind == VARIABLE_MULTI_FLAGS ? 0 : most;
}

static slice kept(const finding *f, buf *text) {
  const slice copy = arena_slice(f->memory, (slice){(const char *)text->data, text->length});
  buf_fini(text);
  return copy;
}

static slice quoted(const finding *f, slice text) {
  buf out;
  buf_init(&out);
  finding_quote(f, text, &out);
  return kept(f, &out);
}

/* The code as the file has it: labels are at those after reversing. */
static slice code_of(const finding *f, const plan_value_label *value) {
  const program_variable *v = f->item->variable;
  char digits[DECIMAL_TEXT_BYTES];
  const int64_t code = v->reversed ? v->low + v->high - value->number : value->number;
  (void)decimal_format((decimal){code, 0}, digits);
  return arena_slice(f->memory, slice_of(digits));
}

static void see(nearest *best, reason_likeness likeness, slice shown, const program_rule *rule, slice value) {
  if (likeness > best->likeness) {
    *best = (nearest){likeness, shown, rule, value};
  }
}

static nearest find_nearest(const finding *f, slice text) {
  const program_variable *v = f->item->variable;
  const plan_variable *planned = f->item->planned;
  nearest best = {.likeness = REASON_OTHER};
  for (uint32_t i = 0; i < v->rules_count; i++) {
    see(&best, reason_compare(text, v->rules[i].text), v->rules[i].text, &v->rules[i], (slice){"", 0});
  }
  for (uint32_t i = 0; i < values_of(v); i++) {
    const reason_likeness likeness = reason_compare(text, v->keys[i]);
    if (likeness > best.likeness && !(v->has_other && slice_equal(v->keys[i], v->other))) {
      see(&best, likeness, v->keys[i], NULL, quoted(f, v->keys[i]));
    }
  }
  for (uint32_t i = 0; i < planned->values_count && v->kind != VARIABLE_MULTI_FLAGS; i++) {
    for (int k = 0; k < LANGUAGES; k++) {
      const plan_value_label *value = &planned->values[i];
      const slice label = slice_of(value->label.text[k]);
      const reason_likeness likeness = label.length > 0 ? reason_compare(text, label) : REASON_OTHER;
      if (likeness == REASON_SPELLING && likeness > best.likeness) {
        see(&best, likeness, label, NULL, value->is_text ? quoted(f, value->text) : code_of(f, value));
      }
    }
  }
  return best;
}

/* ---- Lines to paste ------------------------------------------------------------------------------ */

void finding_paste(const finding *f, paste_line *into, slice text, slice meaning) {
  if (into->declared <= into->count && into->count - into->declared >= PASTED) {
    return;
  }
  for (uint32_t i = 0; i < into->count; i++) {
    if (slice_equal(into->texts[i], text)) {
      return;
    }
  }
  if (!ARRAY_ROOM_IN(f->memory, into->texts, into->count, into->capacity)) {
    return; /* the arena remembers */
  }
  into->texts[into->count] = text;
  buf_printf(&into->pairs, "%s", into->count++ > 0 ? ", " : "");
  finding_quote(f, text, &into->pairs);
  buf_printf(&into->pairs, ": ");
  buf_put(&into->pairs, meaning.bytes, meaning.length);
}

void finding_paste_rule(finding *f, slice text, const program_rule *rule) {
  char number[DECIMAL_TEXT_BYTES];
  if (rule->missing) {
    finding_paste(f, &f->missing, text, slice_of(missing_name(rule->reason)));
  } else if (rule->key.length > 0) {
    finding_paste(f, &f->meant, text, quoted(f, rule->key));
  } else {
    (void)decimal_format(decimal_normalise(rule->value), number);
    finding_paste(f, &f->meant, text, slice_of(number));
  }
}

/* Of several options in a cell `missing` means the whole cell: is there one that has nothing but TEXT? */
static bool is_whole_cell(const finding *f, slice text) {
  const census_item *item = f->item;
  bool found = item->variable->kind != VARIABLE_MULTI_CELL;
  for (uint32_t i = 0; i < item->texts_count && !found; i++) {
    found = slice_equal(item->texts[i].text, text);
  }
  return found;
}

bool finding_is_near(const finding *f, slice text) {
  return find_nearest(f, text).likeness != REASON_OTHER;
}

bool finding_propose(finding *f, json *told, slice text, slice *guess) {
  const nearest n = find_nearest(f, text);
  const char *reason = reason_of_text(text);
  *guess = n.rule == NULL ? n.value : (slice){"", 0};
  if (n.likeness != REASON_OTHER) {
    json_set(told, "near", json_text(f->memory, n.shown));
  }
  if (n.likeness == REASON_SPELLING && n.rule != NULL) {
    finding_paste_rule(f, text, n.rule);
  } else if (n.likeness == REASON_SPELLING) {
    finding_paste(f, &f->meant, text, n.value);
  } else if (reason != NULL && is_whole_cell(f, text)) {
    finding_paste(f, &f->missing, text, slice_of(reason));
  } else {
    return false;
  }
  return true;
}
