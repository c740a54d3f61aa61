#include "cli/embedded.h"
