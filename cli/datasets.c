/* canvass datasets: a table for people, the broker's JSON for programs. */
#include "cli/link.h"
#include "cli/listing.h"
#include "cli/words.h"

static const option options[] = {
    LISTING_JSON_OPTION,
    LINK_OPTIONS,
    LANGUAGE_OPTION,
};

static const listing_column columns[] = {
    {SAID("DATASET", "数据集", "資料集"), false, LISTING_NAME_COLUMNS},
    {SAID("VERSION", "版本", "版本"), true, 0},
    {SAID("ROWS", "行数", "列數"), true, 0},
    {SAID("FILES", "文件数", "檔案數"), true, 0},
    {SAID("SHARDS", "分片", "分片"), true, 0},
    {SAID("SIZE", "大小", "大小"), true, 0},
    {SAID("CHANGED", "更改时间", "變更時間"), true, 0},
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

static const listing datasets_listing = {
    .what = "datasets",
    .noun = SAID("datasets", "数据集", "資料集"),
    .none = SAID("no datasets; 'canvass put' makes one", "没有数据集；可用 canvass put 建立",
                 "沒有資料集；可用 canvass put 建立"),
    .columns = columns,
    .columns_count = sizeof columns / sizeof columns[0],
    .fill = put};

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
