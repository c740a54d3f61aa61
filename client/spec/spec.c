#include "client/spec/spec.h"
