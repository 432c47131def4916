# ruff: noqa: E501
"""Whole answers that decide nothing, as models write them; read by a person."""

OPEN = {
    "refusal": (
        "I'm sorry, but I can't assist with identifying whether people in images are real.", "I'm not able to determine the authenticity of images. If you need to know whether it is real, consider reverse image search.",
        "As an AI, I don't have the ability to verify whether a photo is genuine or has been manipulated.", "I cannot view the attached file. Please upload it again and tell me whether you think it is fake.",
        "I'm sorry, I can't help with that request.", "Unfortunately no image was provided, so I can't say whether it is AI-generated.", "My apologies, but my guidelines do not allow me to judge whether this person is real.",
        "Sorry, I can't determine that. Tools such as error level analysis may show whether an image is fake.",
    ),
    "undecided": (
        "There are arguments for both sides: the grain suggests a real photo, the hands suggest an AI-generated one. I can't decide.", "It could go either way. The image might be a real photograph with a filter, or it might be AI-generated.",
        "Without more information, it is impossible to tell if this is an authentic photograph or a synthetic image.", "I'm torn between real and fake.", "The evidence is inconclusive. Some parts look real, others look fake.",
        "Both answers are possible: real, if the light came from two lamps; fake, if it came from one.", "The resolution is too low to determine whether the image is genuine.", "It's hard to say. Could be AI, could be a photo.",
        "I would need the original file to judge whether the image is authentic or manipulated.", "One can't rule out that the image is fake, nor that it is real.", "Neither real nor fake: I can't decide.", "This is a tough one, honestly no idea whether it is AI-generated or not.",
        "The image is ambiguous; I give 50% to real and 50% to fake.", "Undetermined. Real? Possibly. Fake? Possibly.", "**Verdict:** Inconclusive\n\nThe image has features of both authentic and generated pictures.",
        "<think>It is real. No, fake. No, real.</think>\nI cannot reach a conclusion about whether the image is real or fake.", "I don't want to speculate on whether this is real or AI-generated.", "Real or fake, who knows?",
    ),
    "description": (
        "The image shows a street with a fake brick facade on one of the houses.", "A woman in a faux fur coat waits for a train.", "The picture shows an artificial lake in a real-estate brochure.", "A vase with artificial flowers stands on a genuine leather sofa.",
        "The man holds a sign that says 'This is fake news'.", "There is a poster with the words \"REAL MADRID\" on the wall.", "The image depicts a computer-generated character on a television screen in a living room.",
        "A child plays with a synthetic rubber ball.", "Two people look at a forged iron gate.", "The restaurant advertises authentic Italian pizza.", "A realistic portrait with soft light.", "The background is blurred, the foreground is sharp, and the colours are warm.",
        "In the picture, a robot reads a book titled 'Artificial Intelligence'.",
    ),
    "about images in general": (
        "AI-generated images often have garbled text, while real photographs have sensor noise.", "To find out whether a picture is fake, look at hands, text and shadows.", "Real photographs usually contain EXIF data, which generated pictures lack.",
        "Deepfakes have become so good that people can hardly tell them from real videos.", "If the shadows disagree, an image is probably fake; if they agree, it may be real.", "A real image shows consistent shadows. A fake image does not.",
        "There are three classes: real, synthetic and tampered.", "In general, images with extra fingers are AI-generated.",
    ),
    "prompt echoed": (
        "Please answer with one word: real or fake.", "Is this image real or fake? Answer with 'real' or 'fake' only.", "You are an expert in detecting AI-generated images. Look at the image and decide whether it is real or fake.",
        "Question: Is this photo authentic?\nAnswer:", "### Instruction: Decide whether the image is fake.\n### Response:", "<answer>real/fake</answer>", "Verdict: [real/fake]", '{"verdict": "real" | "fake"}', "Output format: {\"verdict\": \"real|fake\"}",
    ),
    "nothing": ("?", "N/A", "None", "42", "!!!!!!", "the the the the", "<image>", "</s>", "<|im_end|>", "OK.", "Sure! Here is my analysis:", "I", "Error: timeout", "<box>10 20 30 40</box>", "```json\n```", "{\"boxes\": []}", "The image is"),
}  # fmt: skip
