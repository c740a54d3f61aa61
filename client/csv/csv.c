#include "client/csv/csv.h"
