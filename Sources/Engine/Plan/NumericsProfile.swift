private import Foundation

#if canImport(Glibc)
  private import Glibc
#endif

/// The settings under which bytes are promised: instruction-set caps and one thread per worker, given to every worker
/// through its environment.
package struct NumericsProfile: Sendable {
  package let name: String
  /// Environment of a worker.
  package let environment: [String: String]
  /// Flags of /proc/cpuinfo without which a machine cannot give the profile's bytes.
  private let requiredInstructions: [String]

  /// Starts this program again under the profile's environment, unless it already runs under it: libraries read these
  /// settings when they are loaded.
  package func adopt() {
    let current = ProcessInfo.processInfo.environment
    guard environment.contains(where: { current[$0.key] != $0.value }) else { return }
    for (name, value) in environment { setenv(name, value, 1) }
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    // Comes back only when it fails; then the work is done with what the machine chooses.
    execv("/proc/self/exe", arguments)
    for argument in arguments { free(argument) }
  }

  /// Checks that this process may promise the profile's bytes.
  ///
  /// - Throws: ``ToolError`` with status 69 for a processor without its instructions, 78 for other caps.
  package func check() throws {
    let current = ProcessInfo.processInfo.environment
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where current[name] != value {
      throw ToolError(
        .badConfiguration,
        """
        this worker was started with \(name)=\(current[name] ?? ""), but the numerics profile \(self.name) of the run has \
        \(name)=\(value): its bytes could differ from the others'; start it through `dfprep run`, or the scripts it writes
        """)
    }
    // Absent outside Linux, where nothing is promised.
    guard let facts = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return }
    for instructions in requiredInstructions where !facts.contains(" \(instructions)") {
      throw ToolError(
        .missing,
        """
        the processor of \(ProcessInfo.processInfo.hostName) has no \(instructions), which the numerics profile \(self.name) \
        needs for its bytes; choose other machines (with Slurm: `sbatch-options = ["--constraint=..."]`)
        """)
    }
  }

  /// Checks that a run begun earlier was begun under this profile.
  ///
  /// - Throws: ``ToolError`` with status 78 otherwise.
  func checkContinues(_ run: RunFolder) throws {
    // A run without a record, or with one that cannot be read, has promised nothing.
    guard let record = try? run.readSummary(), record.numericsProfile != name else { return }
    throw ToolError(
      .badConfiguration,
      """
      the run in \(run.root.path(percentEncoded: false)) was made under the numerics profile \(record.numericsProfile), \
      this dfprep works under \(name): one run does not mix the bytes of two; give another --output
      """)
  }

  /// AVX2 everywhere, one thread; the same on any x86-64 machine that has AVX2.
  package static let standard = NumericsProfile(
    name: "avx2-1",
    environment: [
      "OPENBLAS_CORETYPE": "Haswell",
      "OPENBLAS_NUM_THREADS": "1",
      "OMP_NUM_THREADS": "1",
      "OMP_WAIT_POLICY": "passive",
      "ONEDNN_MAX_CPU_ISA": "AVX2",
      "DNNL_MAX_CPU_ISA": "AVX2",
      "ATEN_CPU_CAPABILITY": "avx2",
      "OPENCV_CPU_DISABLE": "AVX512-SKX",
    ], requiredInstructions: ["avx2", "fma"])
}
