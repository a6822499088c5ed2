// What Microsoft's windows.h does and mingw-w64's does not in C++: unless the build defines
// NOMINMAX it defines min and max as macros, which breaks std::min and std::max in whatever comes
// behind it. For the lint only (test/windows/lint.sh), which says what the build defines: gcc's own
// headers define NOMINMAX for mingw-w64.
#include_next <windows.h>

#ifndef BUILD_DEFINES_NOMINMAX
#include "min_max_macros.h"
#endif
