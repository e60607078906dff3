import Foundation
import Imaging

/// One run of the `ffmpeg` program, fed with raw frames: the single encode of every video, real or fake.
struct VideoEncoder {
  /// The program, found on PATH.
  private let program: URL

  init() throws {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { URL(filePath: "\($0)/ffmpeg") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    guard let found else {
      throw DemoMediaError(.missingProgram, "no ffmpeg on PATH: install the Debian package ffmpeg, or run `make deps`")
    }
    program = found
    // A program that dies early must end in an error here, not end this one.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes the frames that `frame` gives for 0 ..< ``Take/frameCount``. The same frames give the same bytes.
  func encode(to file: URL, frame: (Int) throws -> Image) throws {
    let process = Process()
    let (input, errors) = (Pipe(), Pipe())
    process.executableURL = program
    process.arguments =
      [
        "-v", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", "\(Take.sidePixels)x\(Take.sidePixels)", "-r", "\(Take.framesPerSecond)", "-i", "pipe:0",
        "-sws_flags", "bicubic+accurate_rnd+bitexact", "-c:v", "libx264", "-crf", "23", "-pix_fmt", "yuv420p",
        "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-y", file.path(percentEncoded: false),
      ]
    process.standardInput = input
    process.standardError = errors
    try process.run()
    var failure: (any Error)?
    do {
      for index in 0..<Take.frameCount { try input.fileHandleForWriting.write(contentsOf: Data(frame(index).pixels)) }
    } catch { failure = error }
    try input.fileHandleForWriting.close()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      throw DemoMediaError(
        .encoding, "ffmpeg could not write \(file.lastPathComponent): \(text.isEmpty ? "no message" : text)")
    }
    if let failure { throw failure }
  }
}
