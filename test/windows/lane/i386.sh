# shellcheck shell=bash
# Whether this kernel runs 32-bit programs of x86. More and more do not (CONFIG_IA32_EMULATION off, or the boot
# parameter ia32_emulation=0): Wine's 64-bit half then still runs Windows' programs for x64.

# Writes the smallest 32-bit program there is: it exits with 0.
write_i386_program() { # FILE
  {
    printf '\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0'             # 32 bit, little endian
    printf '\x02\0\x03\0\x01\0\0\0\x54\x80\x04\x08'             # an executable for the i386; its entry
    printf '\x34\0\0\0\0\0\0\0\0\0\0\0\x34\0\x20\0\x01\0\0\0\0\0\0\0'
    printf '\x01\0\0\0\0\0\0\0\0\x80\x04\x08\0\x80\x04\x08'     # one segment: all of the file
    printf '\x5d\0\0\0\x5d\0\0\0\x05\0\0\0\0\x10\0\0'
    printf '\xb8\x01\0\0\0\x31\xdb\xcd\x80'                     # exit(0)
  } >"$1"
  chmod 755 "$1"
}

# Prints "yes" or "no", and fails where it is neither: a program that runs and does not exit with 0, or that
# cannot be run for another reason than its format, says nothing of the kernel.
runs_program() { # PROGRAM
  local said code=0
  said=$(LC_ALL=C "$1" 2>&1) || code=$?
  if [[ $code -eq 0 ]]; then
    echo yes
  elif [[ $code -eq 126 && $said == *'Exec format error'* ]]; then
    echo no
  else
    printf '%s ended with %s: %s\n' "$1" "$code" "$said" >&2
    return 1
  fi
}

# The same of the smallest 32-bit program.
runs_i386_programs() {
  local folder answer code=0
  folder=$(mktemp -d -t connect-by-list-i386.XXXXXX)
  write_i386_program "$folder/exits"
  answer=$(runs_program "$folder/exits") || code=$?
  rm -rf "$folder"
  [[ $code -eq 0 ]] && printf '%s\n' "$answer"
}
