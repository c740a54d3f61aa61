/* Looking a file up among those of a dataset. */
#include "reading/known.h"

#include <string.h>

/* Is NAME what PLACE ends with, whole components of it? */
static bool ends_with(slice place, slice name) {
  return name.length > 0 && place.length > name.length &&
         place.bytes[place.length - name.length - 1] == '/' &&
         memcmp(place.bytes + place.length - name.length, name.bytes, name.length) == 0;
}

known_is known_look(const manifest *m, bool *taken, const known_file *f) {
  bool is_named = false;
  uint32_t by_path = m->files_count;
  for (uint32_t i = 0; i < m->files_count; i++) {
    const file_facts *one = &m->files[i];
    const bool has_name = slice_equal(one->name, f->name);
    const bool has_content = digest_equal(&one->sha256, f->sha256);
    if (has_name && has_content) {
      return KNOWN_THERE;
    }
    is_named = is_named || has_name;
    if (has_content && by_path == m->files_count && ends_with(f->place, one->name) && !taken[i]) {
      by_path = i;
    }
  }
  if (by_path < m->files_count) {
    taken[by_path] = true;
    return KNOWN_THERE;
  }
  return is_named ? KNOWN_OTHERWISE : KNOWN_NOT;
}
