/* canvass datasets: a table for people, the broker's JSON for programs. */
#include "cli/link.h"
#include "cli/listing.h"
#include "cli/words.h"

static const option options[] = {
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
    LANGUAGE_OPTION,
};

static const table_column columns[] = {
    {"DATASET", false, LISTING_NAME_COLUMNS},
    {"VERSION", true, 0},
    {"ROWS", true, 0},
    {"FILES", true, 0},
    {"SHARDS", true, 0},
    {"SIZE", true, 0},
    {"CHANGED", true, 0},
};

static void put(table *t, const listed *l) {
  for (size_t i = 0; i < l->count; i++) {
    const json *dataset = l->items[i];
    char size[WORDS_BYTES];
    words_of_bytes(listing_figure(dataset, "bytes"), size);
    listing_put_text(t, dataset, "name");
    listing_put_count(t, dataset, "version");
    listing_put_count(t, dataset, "rows");
    listing_put_count(t, dataset, "files");
    listing_put_count(t, dataset, "shards");
    table_put(t, slice_of(size));
    listing_put_since(t, dataset, "changed");
  }
}

static const listing datasets_listing = {"datasets", "no datasets; 'canvass put' makes one",
                                         columns,    sizeof columns / sizeof columns[0],
                                         put,        NULL,
                                         NULL};

static status datasets(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)operands;
  (void)count;
  return listing_print(s, &datasets_listing, err);
}

const subcommand subcommand_datasets = {
    .name = "datasets",
    .summary = LISTING_SUMMARY,
    .usage = "[OPTIONS]",
    .about = SAID("Lists the datasets that 'canvass put' made.\n", "列出由 canvass put 建立的数据集。\n",
                  "列出由 canvass put 建立的資料集。\n"),
    .example = "canvass datasets\ncanvass datasets --json\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .run = datasets,
};
