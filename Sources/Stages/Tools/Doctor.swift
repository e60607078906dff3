private import Decoding
private import Engine
private import Faces
private import Foundation
private import Imaging
private import Models
private import Networks
private import Tensors

/// What this machine has and lacks: codecs, libraries, model files, room.
package struct Doctor {
  /// One thing looked at.
  package struct Finding: Codable, Sendable {
    package var what: String
    package var found: String
    package var isGood: Bool
    /// How to get it, where it is missing.
    package var remedy: String?
  }

  package private(set) var findings: [Finding] = []

  package init(settings: MachineSettings) {
    libraries("FFmpeg") { try FFmpegLibraries.versions() }
    for codec in ["h264", "hevc", "mpeg4", "vp9", "av1", "mjpeg", "png"] {
      look("decoder \(codec)", "install FFmpeg with this codec (Debian: libavcodec59)") {
        FFmpegLibraries.canDecode(codec) ? "yes" : nil
      }
    }
    libraries("OpenCV image kernels, libjpeg, libpng") { try ImagingLibraries.versions() }
    libraries("OpenCV networks") { try NetworkLibraries.versions() }
    libraries("libtorch") { ["libtorch": try Libtorch.version] }
    let models = settings.modelsFolder(beside: nil)
    for file in Set(
      FaceDetectors.names.flatMap(FaceDetectors.modelFiles(for:)) + [Backbone.efficientNetLite0.imageNet.file]
    )
    .sorted() {
      let path = file.hasPrefix("/") ? file : models.appending(path: file).path(percentEncoded: false)
      look("model \(file)", "`make deps` gets it; model weights into \(models.path(percentEncoded: false))") {
        FileManager.default.fileExists(atPath: path) ? "yes" : nil
      }
    }
    look("program ffmpeg", "only `make demo` and `make test` need it: apt-get install ffmpeg") {
      ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    good("cores", "\(cores), memory \(ProcessInfo.processInfo.physicalMemory >> 30) GiB")
    look(
      "vector instructions",
      "the numerics profile \(NumericsProfile.standard.name) needs AVX2: its bytes are not promised here"
    ) {
      // Absent outside Linux, where nothing is promised either.
      (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains(" avx2") == true ? "AVX2" : nil
    }
    let room = try? URL(filePath: ".").resourceValues(forKeys: [.volumeAvailableCapacityKey]).volumeAvailableCapacity
    if let room { good("free disk here", "\(room >> 30) GiB") }
  }

  /// - Throws: ``ToolError`` with status 69 when something is missing.
  package func check() throws {
    let missing = findings.filter { !$0.isGood }.map(\.what)
    if !missing.isEmpty { throw ToolError(.missing, "missing: \(missing.joined(separator: ", "))") }
  }

  private mutating func good(_ what: String, _ found: String) {
    findings.append(Finding(what: what, found: found, isGood: true, remedy: nil))
  }

  private mutating func look(_ what: String, _ remedy: String, _ find: () -> String?) {
    let found = find()
    findings.append(
      Finding(what: what, found: found ?? "no", isGood: found != nil, remedy: found == nil ? remedy : nil))
  }

  private mutating func libraries(_ what: String, _ versions: () throws -> [String: String]) {
    do {
      for (name, version) in try versions().sorted(by: { $0.key < $1.key })
      where !findings.contains(where: { $0.what == name }) {
        good(name, version)
      }
    } catch {
      findings.append(Finding(what: what, found: "no", isGood: false, remedy: "\(error)"))
    }
  }
}
