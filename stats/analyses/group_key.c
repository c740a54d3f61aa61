#include "stats/analyses/group_key.h"

#include <string.h>

static const plan_breakdown *breakdown_of(const analysis_run *run, const group_key *key) {
  return key->breakdown > 0 ? &run_request(run)->breakdowns[key->breakdown - 1] : NULL;
}

group_key group_key_of(const group_walk *w) {
  group_key out = {0};
  if (w->breakdown == NULL) {
    return out;
  }
  out.breakdown = (uint32_t)(w->breakdown - run_request(w->run)->breakdowns) + 1;
  for (uint32_t i = 0; i < w->breakdown->count; i++) {
    const axis *ax = &w->groups->by[w->inner + i];
    const uint32_t at = w->keys[w->inner + i];
    if (i == w->set) {
      out.keys[i].is_text = true;
      out.keys[i].text = w->option;
    } else if (at >= ax->count) {
      out.keys[i].missing = true;
    } else if (ax->is_text) {
      out.keys[i].is_text = true;
      out.keys[i].text = ax->texts[at];
    } else {
      out.keys[i].number = ax->numbers[at];
    }
  }
  return out;
}

/* ---- The filter ---------------------------------------------------------------------------------- */

static status group_node(analysis_run *run, const group_key *key, uint32_t i, filter_node *out, error *err) {
  const plan_breakdown *b = breakdown_of(run, key);
  filter_value *value = ARENA_NEW(json_arena(run_section(run)), filter_value);
  if (value == NULL) {
    return error_no_memory(err, "groups");
  }
  TRY(run_variable(run, b->variables[i], &out->variable, err));
  if (key->keys[i].missing) {
    out->kind = FILTER_MISSING;
    return STATUS_OK;
  }
  *value = (filter_value){.is_text = key->keys[i].is_text, .text = key->keys[i].text};
  value->number.mantissa = key->keys[i].number;
  const bool is_set = program_variable_form(&run_program(run)->variables[out->variable]) == FORM_SET;
  out->kind = is_set ? FILTER_HAS : FILTER_EQ;
  out->values = value;
  out->values_count = 1;
  return STATUS_OK;
}

status group_key_filter(analysis_run *run, const group_key *key, const uint32_t *answered, uint32_t count,
                        uint32_t *filter, error *err) {
  const plan_breakdown *b = breakdown_of(run, key);
  const uint32_t keys = b != NULL ? b->count : 0;
  const program_filter *given =
      run_filter(run) == PROGRAM_NONE ? NULL : &run_program(run)->filters[run_filter(run)];
  const uint32_t given_count = given != NULL ? given->nodes_count : 0;
  filter_node *nodes = ARENA_ARRAY(json_arena(run_section(run)), filter_node,
                                   (size_t)given_count + 1 + keys + 2 * (size_t)count);
  if (nodes == NULL) {
    return error_no_memory(err, "groups");
  }
  uint32_t at = 0;
  nodes[at++] = (filter_node){.kind = FILTER_AND, .children = keys + count + (given != NULL ? 1 : 0)};
  if (given != NULL) {
    memcpy(nodes + at, given->nodes, given_count * sizeof *nodes);
    at += given_count;
  }
  for (uint32_t i = 0; i < keys; i++) {
    TRY(group_node(run, key, i, &nodes[at++], err));
  }
  for (uint32_t i = 0; i < count; i++) {
    nodes[at++] = (filter_node){.kind = FILTER_NOT, .children = 1};
    nodes[at++] = (filter_node){.kind = FILTER_MISSING, .variable = answered[i]};
  }
  const program_filter f = {nodes, at};
  return program_add_filter(run_program(run), &f, filter, err);
}

/* ---- As JSON, and as bytes ------------------------------------------------------------------------ */

json *group_key_json(analysis_run *run, const group_key *key) {
  arena *a = json_arena(run_section(run));
  const plan_breakdown *b = breakdown_of(run, key);
  if (b == NULL) {
    return json_null(a);
  }
  json *group = json_object(a);
  for (uint32_t i = 0; i < b->count; i++) {
    json *value = key->keys[i].missing   ? json_null(a)
                  : key->keys[i].is_text ? json_text(a, key->keys[i].text)
                                         : json_integer(a, key->keys[i].number);
    json_set(group, run_plan(run)->variables[b->variables[i]].name, value);
  }
  return group;
}

enum { KEY_MISSING, KEY_NUMBER, KEY_TEXT };

void group_key_encode(analysis_run *run, const group_key *key, buf *out) {
  const plan_breakdown *b = breakdown_of(run, key);
  buf_put_varint(out, key->breakdown);
  for (uint32_t i = 0; b != NULL && i < b->count; i++) {
    buf_put_u8(out, key->keys[i].missing ? KEY_MISSING : key->keys[i].is_text ? KEY_TEXT : KEY_NUMBER);
    if (!key->keys[i].missing && key->keys[i].is_text) {
      buf_put_slice(out, key->keys[i].text);
    } else if (!key->keys[i].missing) {
      buf_put_signed(out, key->keys[i].number);
    }
  }
}

group_key group_key_decode(analysis_run *run, reader *r) {
  group_key out = {.breakdown = (uint32_t)reader_count(r, run_request(run)->breakdowns_count)};
  const plan_breakdown *b = breakdown_of(run, &out);
  for (uint32_t i = 0; b != NULL && i < b->count && r->problem == NULL; i++) {
    const uint8_t kind = reader_u8(r);
    out.keys[i].missing = kind == KEY_MISSING;
    out.keys[i].is_text = kind == KEY_TEXT;
    if (kind == KEY_TEXT) {
      out.keys[i].text = reader_text(r, PROGRAM_TEXT_MAX, json_arena(run_section(run)));
    } else if (kind == KEY_NUMBER) {
      out.keys[i].number = reader_signed(r);
    } else if (kind != KEY_MISSING) {
      reader_fail(r, "an unknown kind of group");
    }
  }
  return out;
}
