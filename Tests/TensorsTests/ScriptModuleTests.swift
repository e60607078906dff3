import Foundation
import Tensors
import Testing

@Suite struct ScriptModuleTests {
  /// TorchScript by hand: a module without weights whose `forward` is `torch.mean(x, [2, 3])`.
  private static let means = """
    UEsDBBQAAAAAAAAAIQBsbdwbKgAAACoAAAAOAAAAbWVhbnMvZGF0YS5wa2yAAmNfX3RvcmNoX18KTWVhbnMKcQApgX0oWAgAAAB0cmFpbmluZ4l1
    Yi5QSwMEFAAAAAAAAAAhAPeB8YewAAAAsAAAABcAAABtZWFucy9jb2RlL19fdG9yY2hfXy5weWNsYXNzIE1lYW5zKE1vZHVsZSk6CiAgX19wYXJh
    bWV0ZXJzX18gPSBbXQogIF9fYnVmZmVyc19fID0gW10KICB0cmFpbmluZyA6IGJvb2wKICBkZWYgZm9yd2FyZChzZWxmOiBfX3RvcmNoX18uTWVh
    bnMsCiAgICB4OiBUZW5zb3IpIC0+IFRlbnNvcjoKICAgIHJldHVybiB0b3JjaC5tZWFuKHgsIFsyLCAzXSkKUEsDBBQAAAAAAAAAIQBtLwlXBAAA
    AAQAAAATAAAAbWVhbnMvY29uc3RhbnRzLnBrbIACKS5QSwMEFAAAAAAAAAAhANGeZ1UCAAAAAgAAAA0AAABtZWFucy92ZXJzaW9uMwpQSwECFAMU
    AAAAAAAAACEAbG3cGyoAAAAqAAAADgAAAAAAAAAAAAAAgAEAAAAAbWVhbnMvZGF0YS5wa2xQSwECFAMUAAAAAAAAACEA94Hxh7AAAACwAAAAFwAA
    AAAAAAAAAAAAgAFWAAAAbWVhbnMvY29kZS9fX3RvcmNoX18ucHlQSwECFAMUAAAAAAAAACEAbS8JVwQAAAAEAAAAEwAAAAAAAAAAAAAAgAE7AQAA
    bWVhbnMvY29uc3RhbnRzLnBrbFBLAQIUAxQAAAAAAAAAIQDRnmdVAgAAAAIAAAANAAAAAAAAAAAAAACAAXABAABtZWFucy92ZXJzaW9uUEsFBgAA
    AAAEAAQA/QAAAJ0BAAAAAA==
    """

  private func withFile(_ content: Data, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pt")
    try content.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path(percentEncoded: false))
  }

  @Test func `a file's forward is computed`() throws {
    let content = try #require(Data(base64Encoded: Self.means, options: .ignoreUnknownCharacters))
    try withFile(content) { path in
      let module = try ScriptModule(path: path)
      let input = try Tensor.of((0..<24).map { Float($0) }, shape: [2, 3, 2, 2])
      let output = try module(input)
      #expect(try output.shape == [2, 3])
      let values: [Float] = try output.values()
      #expect(values == [1.5, 5.5, 9.5, 13.5, 17.5, 21.5])
      #expect(throws: TensorError.self) { try module(Tensor.of([Float(1)], shape: [1])) }
    }
  }

  @Test func `what is no TorchScript is an error with the path`() throws {
    try withFile(Data("no zip".utf8)) { path in
      #expect {
        try ScriptModule(path: path)
      } throws: { error in
        (error as? TensorError)?.message.contains(path) ?? false
      }
    }
    #expect(throws: TensorError.self) { try ScriptModule(path: "/nowhere/encoder.pt") }
  }
}
