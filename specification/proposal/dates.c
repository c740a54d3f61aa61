#include "specification/proposal/dates.h"

#include <assert.h>
#include <stddef.h>

#include "stats/program/date.h"

enum { DATE_BYTES_MIN = 5, DATE_BYTES_MAX = 48 };

/* If several read all texts, the first is taken. */
static const date_way ways[] = {
    {"%Y-%m-%d", false, NULL},
    {"%Y-%m-%d *", false, NULL},
    {"%Y-%m-%dT*", false, NULL},
    {"%Y/%m/%d", false, NULL},
    {"%Y/%m/%d *", false, NULL},
    {"%Y.%m.%d", false, NULL},
    {"%Y.%m.%d *", false, NULL},
    {"%Y年%m月%d日", false, NULL},
    {"%Y年%m月%d日 *", false, NULL},
    {"%Y年%m月%d日%H:%M", false, NULL},
    {"%Y年%m月", false, NULL},
    {"%m/%d/%Y", false, "%d/%m/%Y"},
    {"%m/%d/%Y *", false, "%d/%m/%Y *"},
    {"%d/%m/%Y", false, "%m/%d/%Y"},
    {"%d/%m/%Y *", false, "%m/%d/%Y *"},
    {"%m/%d/%y", false, "%d/%m/%y"},
    {"%m/%d/%y *", false, "%d/%m/%y *"},
    {"%d/%m/%y", false, "%m/%d/%y"},
    {"%d/%m/%y *", false, "%m/%d/%y *"},
    {"%d.%m.%Y", false, NULL},
    {"%d.%m.%Y *", false, NULL},
    {"%d.%m.%y", false, NULL},
    {"%d-%m-%Y", false, "%m-%d-%Y"},
    {"%d-%m-%Y *", false, "%m-%d-%Y *"},
    {"%m-%d-%Y", false, "%d-%m-%Y"},
    {"%m-%d-%Y *", false, "%d-%m-%Y *"},
    {"%d-%b-%Y", false, NULL},
    {"%d-%b-%Y *", false, NULL},
    {"%d-%b-%y", false, NULL},
    {"%d %b %Y", false, NULL},
    {"%d %b %Y *", false, NULL},
    {"%b %d, %Y", false, NULL},
    {"%b %d, %Y *", false, NULL},
    {"%Y-%m", false, NULL},
    {"%Y/%m", false, NULL},
    {"%Y%m%d", true, NULL},
    {"excel", true, NULL},
};

const date_way *date_way_at(uint32_t index) {
  static_assert(sizeof ways / sizeof ways[0] <= DATE_WAYS_MAX, "ways are bits");
  return index < sizeof ways / sizeof ways[0] ? &ways[index] : NULL;
}

uint64_t date_ways_of(slice text, bool is_number) {
  uint64_t fits = 0;
  if (text.length < DATE_BYTES_MIN || text.length > DATE_BYTES_MAX) {
    return 0;
  }
  for (uint32_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    int64_t days;
    fits |= (uint64_t)((!is_number || ways[i].is_number) && date_parse(ways[i].format, text, &days)) << i;
  }
  return fits;
}
