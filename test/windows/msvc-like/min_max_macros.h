// Without a guard: gcc's standard headers take these macros away, which Microsoft's do not.
#undef min
#undef max
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define MACROS_OF_WINDOWS_H
