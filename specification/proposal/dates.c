#include "specification/proposal/dates.h"

#include <assert.h>
#include <stddef.h>

#include "stats/program/date.h"

enum { DATE_BYTES_MIN = 5, DATE_BYTES_MAX = 48 };

/* If several read all texts, the first is taken. */
static const date_way ways[] = {
    {"%Y-%m-%d", false},       {"%Y-%m-%d *", false},
    {"%Y-%m-%dT*", false},     {"%Y/%m/%d", false},
    {"%Y/%m/%d *", false},     {"%Y.%m.%d", false},
    {"%Y.%m.%d *", false},     {"%Y年%m月%d日", false},
    {"%Y年%m月%d日 *", false}, {"%Y年%m月%d日%H:%M", false},
    {"%Y年%m月", false},       {"%y/%m/%d", false},
    {"%y/%m/%d *", false},     {"%y-%m-%d", false},
    {"%y-%m-%d *", false},     {"%y.%m.%d", false},
    {"%y年%m月%d日", false},   {"%m/%d/%Y", false},
    {"%m/%d/%Y *", false},     {"%d/%m/%Y", false},
    {"%d/%m/%Y *", false},     {"%m/%d/%y", false},
    {"%m/%d/%y *", false},     {"%d/%m/%y", false},
    {"%d/%m/%y *", false},     {"%d.%m.%Y", false},
    {"%d.%m.%Y *", false},     {"%d.%m.%y", false},
    {"%d-%m-%Y", false},       {"%d-%m-%Y *", false},
    {"%m-%d-%Y", false},       {"%m-%d-%Y *", false},
    {"%d-%m-%y", false},       {"%m-%d-%y", false},
    {"%d-%b-%Y", false},       {"%d-%b-%Y *", false},
    {"%d-%b-%y", false},       {"%d %b %Y", false},
    {"%d %b %Y *", false},     {"%b %d, %Y", false},
    {"%b %d, %Y *", false},    {"%Y-%m", false},
    {"%Y/%m", false},          {"%Y%m%d", true},
    {"excel", true},
};

const date_way *date_way_at(uint32_t index) {
  static_assert(sizeof ways / sizeof ways[0] <= DATE_WAYS_MAX, "ways are bits");
  return index < sizeof ways / sizeof ways[0] ? &ways[index] : NULL;
}

uint64_t date_ways_of(slice text, bool is_number, date_span *spans) {
  uint64_t fits = 0;
  if (text.length < DATE_BYTES_MIN || text.length > DATE_BYTES_MAX) {
    return 0;
  }
  for (uint32_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    int64_t days;
    if ((is_number && !ways[i].is_number) || !date_parse(ways[i].format, text, &days)) {
      continue;
    }
    fits |= (uint64_t)1 << i;
    if (spans != NULL) {
      spans[i].low = days < spans[i].low ? (int32_t)days : spans[i].low;
      spans[i].high = days > spans[i].high ? (int32_t)days : spans[i].high;
    }
  }
  return fits;
}
