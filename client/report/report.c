#include "client/report/report.h"
