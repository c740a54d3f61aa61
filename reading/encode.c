/* The encoder: a sink that appends rows to columns. */
#include "reading/encode.h"

#include <assert.h>
#include <stdlib.h>

struct encoder {
  const encoder_schema *schema;
  column_writer *columns;
  packed_column *out;
  arena *memory;
  row_places places;
  const input_format *format; /* of DECODER */
  void *decoder;
  input_sink sink;
  const encoder_layout *layout;
  const input_piece *piece;
  uint32_t finding_cell; /* the column that column_finish asks for */
};

encoder *encoder_new(const encoder_schema *schema) {
  encoder *e = calloc(1, sizeof *e);
  if (e == NULL) {
    return NULL;
  }
  e->schema = schema;
  e->memory = arena_new();
  e->columns = calloc((size_t)schema->count + 1, sizeof *e->columns);
  e->out = calloc((size_t)schema->count + 1, sizeof *e->out);
  bool well = e->memory != NULL && e->columns != NULL && e->out != NULL;
  for (uint32_t i = 0; well && i < schema->count; i++) {
    well = column_init(&e->columns[i], schema->names[i], schema->hints[i], schema->decimal_mark, e->memory);
  }
  if (!well) {
    encoder_destroy(e);
    return NULL;
  }
  return e;
}

static void drop_decoder(encoder *e) {
  if (e->format != NULL) {
    e->format->decoder_free(e->decoder);
    e->format = NULL;
  }
}

void encoder_destroy(encoder *e) {
  if (e == NULL) {
    return;
  }
  for (uint32_t i = 0; e->columns != NULL && i < e->schema->count; i++) {
    column_fini(&e->columns[i]);
  }
  free(e->columns);
  free(e->out);
  drop_decoder(e);
  places_fini(&e->places);
  arena_destroy(e->memory);
  free(e);
}

static status no_memory(const encoder *e, error *err) {
  return error_no_memory(err, e->layout->input->title);
}

/* A column's cells among those of ROWS: values are of the wanted columns alone. */
static inline uint32_t cell_of(const encoder *e, uint32_t column, bool of_values) {
  return of_values ? column : e->layout->cells[column];
}

static bool take(void *context, const input_rows *rows) {
  encoder *e = context;
  const bool of_values = rows->values != NULL;
  bool well = true;
  assert(e->places.rows <= e->piece->records); /* all of them noted, and none beyond the piece */
  assert(!of_values || rows->cells == e->schema->count);
  for (uint32_t i = 0; well && i < e->schema->count; i++) {
    if (!encoder_has(e->schema, e->layout, i)) {
      continue;
    }
    assert(cell_of(e, i, of_values) < rows->cells);
    assert(e->columns[i].rows + rows->count <= e->places.rows);
    well = column_append(&e->columns[i], rows, cell_of(e, i, of_values), e->piece->records);
  }
  return well;
}

static bool find_cell(void *context, uint32_t row, slice *text) {
  const encoder *e = context;
  assert(row < e->places.rows);
  return e->format->find(e->decoder, row, e->finding_cell, text);
}

static status finish(encoder *e, shard_content *out, error *err) {
  const row_places *p = &e->places;
  assert(p->ordinal - e->piece->first_ordinal == e->piece->records); /* rows and what was left out */
  uint32_t kept = 0;
  for (uint32_t i = 0; i < e->schema->count; i++) {
    if (!encoder_has(e->schema, e->layout, i)) {
      continue;
    }
    assert(e->columns[i].rows == p->rows);
    e->finding_cell = cell_of(e, i, e->format->text_of == NULL);
    if (!column_finish(&e->columns[i], find_cell, e, &e->out[kept++])) {
      return no_memory(e, err);
    }
  }
  *out = (shard_content){
      .rows = p->rows,
      .first_ordinal = p->first_ordinal,
      .file = e->layout->file,
      .first_line = p->first_line,
      .decimal_mark = e->schema->decimal_mark,
      .gap_rows = p->gap_rows,
      .gap_records = p->gap_records,
      .gap_lines = p->gap_lines,
      .gaps_count = p->gaps_count,
      .columns = e->out,
      .columns_count = kept,
  };
  return STATUS_OK;
}

/* A decoder of the file's format, and the columns begun. */
static bool start(encoder *e) {
  const input_format *format = e->layout->input->format;
  if (e->format != format) {
    drop_decoder(e);
    e->decoder = format->decoder_new();
    e->format = e->decoder != NULL ? format : NULL;
  }
  bool well = e->format != NULL && places_start(&e->places, e->piece->first_ordinal, e->piece->first_line);
  for (uint32_t i = 0; well && i < e->schema->count; i++) {
    well = column_start(&e->columns[i], e->piece->records, format->text_of);
  }
  return well;
}

status encoder_run(encoder *e, const encoder_layout *layout, const input_piece *piece, shard_content *out,
                   error *err) {
  e->layout = layout;
  e->piece = piece;
  arena_clear(e->memory);
  if (!start(e)) {
    return no_memory(e, err);
  }
  e->sink = (input_sink){.places = &e->places,
                         .columns = layout->cells,
                         .count = e->schema->count,
                         .decimal_mark = e->schema->decimal_mark,
                         .memory = e->memory,
                         .take = take,
                         .context = e};
  TRY(e->format->decode(e->decoder, layout->input, piece, &e->sink, err));
  return finish(e, out, err);
}

const measure *encoder_measure(const encoder *e, uint32_t column) {
  return &e->columns[column].measure;
}

const row_places *encoder_places(const encoder *e) {
  return &e->places;
}
