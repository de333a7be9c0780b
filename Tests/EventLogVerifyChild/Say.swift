import Glibc

/// Writes a line at once and whole, so that the parent has it even if this process is killed next.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    guard write(STDOUT_FILENO, bytes, bytes.count) == bytes.count else { exit(66) }
}
