// Loaded before a program that has to run without rights. Root may do everything, so it becomes "nobody".
if (process.getuid?.() === 0) {
  process.setgid(65534)
  process.setuid(65534)
}
