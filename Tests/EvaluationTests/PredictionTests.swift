import Evaluation
import Records
import Testing

@Suite struct PredictionTests {
  private func sample(
    _ key: String, _ video: String, _ scores: [Double] = [], label: Label = .real, fold: Int? = 0,
    mixture: Double? = nil
  ) -> Prediction {
    Prediction(
      key: key, video: video, group: "g", dataset: "d", label: label, fold: fold, scores: scores, mixture: mixture)
  }

  @Test func `a video's score is the mean of its samples', whatever their order`() throws {
    let samples = [
      sample("b1", "b", [0.5, 1], label: .fake, mixture: 0.75), sample("a2", "a", [0.25, 0], mixture: 0.1),
      sample("a1", "a", [0.75, 0.5], mixture: 0.2), sample("a3", "a", [0.5, 0.25], mixture: 0.3),
    ]
    let videos = try Prediction.videoLevel(samples)
    #expect(videos.map(\.key) == ["a", "b"])
    #expect(videos[0].scores == [0.5, 0.25])
    #expect(videos[0].mixture == (0.2 + 0.1 + 0.3) / 3)
    #expect(videos[1].scores == [0.5, 1])
    #expect(try Prediction.videoLevel(samples.reversed()) == videos)
  }

  @Test func `a made fake is not averaged with the real video it was made from`() throws {
    let videos = try Prediction.videoLevel([
      sample("a1", "a", mixture: 0), sample("a1-edit", "a", label: .fake, mixture: 1),
    ])
    #expect(videos.map(\.label) == [.real, .fake])
    #expect(videos.map(\.mixture) == [0, 1])
  }

  @Test func `different experts within a video are an error, and so is NaN`() {
    for other in [sample("a2", "a", [0.5]), sample("a2", "a", [0.5, 0.5], mixture: 0.5)] {
      #expect { try Prediction.videoLevel([sample("a1", "a", [0.5, 0.5]), other]) } throws: {
        ($0 as? EvaluationError)?.code == .mixedScores
      }
    }
    #expect { try Prediction.videoLevel([sample("a1", "a", [.nan])]) } throws: {
      ($0 as? EvaluationError)?.code == .notANumber
    }
  }

  @Test func `a table is read back as it was written`() throws {
    let predictions = [
      Prediction(
        key: "d/v/000000000001/0/crop", video: "d/a, \"b\"\r\nc.mp4", group: "d/ü\"\u{301}", dataset: "d",
        method: "F2F",
        domain: "known", label: .fake, fold: 3, scores: [0.1, 1e-300, 1.0 / 3], mixture: 0.30000000000000004),
      sample("k", "v", fold: nil, mixture: 0.5),
      sample("l", "v", [0, 1, 0.5]),
    ]
    let text = try PredictionTable.text(predictions)
    #expect(text.hasPrefix("key,video,group,dataset,method,domain,label,fold,mixture,expert-0,expert-1,expert-2\n"))
    #expect(try PredictionTable.predictions(text) == predictions)
    #expect(try PredictionTable.predictions(PredictionTable.text([])) == [])
  }

  @Test func `a table is not written with mixed experts or NaN`() {
    #expect { try PredictionTable.text([sample("a", "a", [1]), sample("b", "b", [1, 1])]) } throws: {
      ($0 as? EvaluationError)?.code == .mixedScores
    }
    #expect { try PredictionTable.text([sample("a", "a", mixture: .nan)]) } throws: {
      ($0 as? EvaluationError)?.code == .notANumber
    }
  }

  @Test(arguments: ["", "a,b\n", "k,v,g,d,,,2,,0.5\n", "k,v,g,d,,,1,x,0.5\n", "k,v,g,d,,,1,,nan\n", "k,v,g,d,,,1,\n"])
  func `a malformed table is an error`(body: String) {
    let header = "key,video,group,dataset,method,domain,label,fold,mixture\n"
    #expect { try PredictionTable.predictions(body.hasPrefix("k") ? header + body : body) } throws: {
      ($0 as? EvaluationError)?.code == .malformedTable
    }
  }

  @Test func `quoting follows RFC 4180`() throws {
    let records = [["plain", "a,b", "say \"x\"", "two\nlines", "", "cr\r"], ["last"]]
    let text = CommaSeparatedValues.text(records)
    #expect(text == "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",,\"cr\r\"\nlast\n")
    #expect(try CommaSeparatedValues.records(text) == records)
    #expect(try CommaSeparatedValues.records("a,b\r\nc,\r\n") == [["a", "b"], ["c", ""]])
    #expect(try CommaSeparatedValues.records("a,") == [["a", ""]])
    #expect(try CommaSeparatedValues.records("\"a\"") == [["a"]])
    for broken in ["a\"b", "\"a\"b", "x\n\"a"] {
      #expect { try CommaSeparatedValues.records(broken) } throws: { ($0 as? EvaluationError)?.code == .malformedTable }
    }
  }
}
