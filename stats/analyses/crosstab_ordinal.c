/* crosstab's measures of association between ordered answers. */
#include "stats/analyses/crosstab_parts.h"
#include "stats/analyses/levels.h"
#include "stats/methods/ordinal.h"

enum { ORDER_SHOWN = 20 };

void cross_ordinal_open(crossing *c) {
  if (run_argument(c->run, "ordinal")->integer) {
    c->tables.ordinal = table_new(c->run, "ordinal",
                                  "item other_item group n gamma gamma_se tau_b tau_b_se somers_d_rows "
                                  "somers_d_rows_se somers_d_columns somers_d_columns_se z p");
    c->ordered = ARENA_ARRAY(c->memory, bool, (size_t)run_plan(c->run)->variables_count + 1);
  }
}

/* Codes and periods have an order of their own; texts that of the codebook, if it declares all that occur. */
static bool is_ordered(const crossing *c, uint32_t item, const level *levels, uint32_t count) {
  bool is_known = true;
  for (uint32_t k = 0; k < count && variable_of(run_plan(c->run), item)->kind != VARIABLE_PERIOD; k++) {
    is_known = is_known && (!levels[k].is_text || levels[k].is_declared);
  }
  return is_known;
}

static void write_figure(table *t, const char *name, const char *se_name, const ordinal_figure *f) {
  table_number(t, name, f->value);
  table_number(t, se_name, f->se);
}

status cross_ordinal_write(crossing *c, error *err) {
  table *t = c->tables.ordinal;
  if (t == NULL || c->is_set) {
    return STATUS_OK;
  }
  contingency of;
  if (c->ordered == NULL || !crossing_occupied(c, &of)) {
    return error_no_memory(err, "measures of order");
  }
  if (of.rows < 2 || of.columns < 2) {
    return STATUS_OK; /* "nothing_to_cross" says so */
  }
  const bool has_order = is_ordered(c, c->item, c->row_levels, c->rows) &&
                         is_ordered(c, c->other_item, c->column_levels, c->columns);
  if (!has_order) {
    run_warn(c->run, "no_order", crossing_detail(c));
    return STATUS_OK;
  }
  c->ordered[c->item] = c->ordered[c->other_item] = true;
  ordinal o;
  TRY(ordinal_make(&of, &o, err));
  crossing_start_row(c, t);
  table_integer(t, "n", c->all_n);
  write_figure(t, "gamma", "gamma_se", &o.gamma);
  write_figure(t, "tau_b", "tau_b_se", &o.tau_b);
  write_figure(t, "somers_d_rows", "somers_d_rows_se", &o.d_rows);
  write_figure(t, "somers_d_columns", "somers_d_columns_se", &o.d_columns);
  table_number(t, "z", o.z);
  table_number(t, "p", o.p);
  return STATUS_OK;
}

/* Texts have an order because somebody listed them so, perhaps without thinking of one: says which. */
static void note_order(const crossing *c, uint32_t item) {
  const plan_variable *v = &run_plan(c->run)->variables[item];
  buf order;
  buf_init(&order);
  for (uint32_t i = 0; i < v->values_count && i < ORDER_SHOWN; i++) {
    buf_printf(&order, "%s%.*s", i > 0 ? " < " : "", SLICE_ARG(v->values[i].text));
  }
  if (v->values_count > ORDER_SHOWN) {
    buf_printf(&order, " < …");
  }
  json *detail = run_detail(c->run);
  json_set_text(detail, "item", v->name);
  json_set(detail, "order", json_text(c->memory, (slice){(const char *)order.data, order.length}));
  run_note(c->run, "note_order", detail);
  buf_fini(&order);
}

void cross_ordinal_note(const crossing *c) {
  if (c->tables.ordinal == NULL) {
    return;
  }
  run_note(c->run, c->weighting == WEIGHTING_SAMPLING ? "note_ordinal_sampling" : "note_ordinal", NULL);
  if (c->tables.options != NULL) {
    run_note(c->run, "note_ordinal_set", NULL);
  }
  for (uint32_t item = 0; c->ordered != NULL && item < run_plan(c->run)->variables_count; item++) {
    const plan_variable *v = &run_plan(c->run)->variables[item];
    if (c->ordered[item] && v->values_count > 0 && v->values[0].is_text) {
      note_order(c, item);
    }
  }
}
