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

  @Test func `a table is read back as it was written`() throws {
    let predictions = [
      Prediction(
        key: "d/v/000000000001/0/crop", video: "d/a, \"b\"\r\nc.mp4", group: "d/ü\"\u{301}", dataset: "d",
        method: "F2F",
        domain: "known", label: .fake, fold: 3, role: .train, isMade: true, cluster: 2, facePixels: 61.5,
        sharpness: 1e-3, scores: [0.1, 1e-300, 1.0 / 3], mixture: 0.30000000000000004),
      sample("k", "v", fold: nil, mixture: 0.5),
      sample("l", "v", [0, 1, 0.5]),
      Prediction(
        key: "d/w.mp4", video: "d/w.mp4", group: "g", dataset: "d", label: .real, role: .test, missing: "no-face"),
    ]
    let text = try PredictionTable.text(predictions)
    #expect(
      text.hasPrefix(
        "key,video,group,dataset,method,domain,label,fold,role,made,cluster,face-pixels,sharpness,missing,mixture,"
          + "expert-0,expert-1,expert-2\n"))
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

  @Test(arguments: [
    "", "a,b\n", "k,v,g,d,,,2,,test,,,,,,0.5\n", "k,v,g,d,,,1,x,test,,,,,,0.5\n", "k,v,g,d,,,1,,test,,,,,,nan\n",
    "k,v,g,d,,,1,,judge,,,,,,0.5\n", "k,v,g,d,,,1,,test,2,,,,,0.5\n", "k,v,g,d,,,1,\n",
  ])
  func `a malformed table is an error`(body: String) {
    let header =
      "key,video,group,dataset,method,domain,label,fold,role,made,cluster,face-pixels,sharpness,missing,mixture\n"
    #expect { try PredictionTable.predictions(body.hasPrefix("k") ? header + body : body) } throws: {
      ($0 as? EvaluationError)?.code == .malformedTable
    }
  }

  @Test func `one score is made of a line: the mixture's, or the mean of who was asked`() {
    #expect(sample("a", "a", [0.25, 0.75], mixture: 0.1).judgement.scores == [0.1])
    #expect(sample("a", "a", [0.25, 0.75]).judgement.scores == [0.5])
    let nobody = sample("a", "a").judgement
    #expect(nobody.isMissing && nobody.missing == "no-score")
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
