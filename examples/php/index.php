<?php
// A page in PHP (8 or newer, with curl): php -S 127.0.0.1:3001, then open it.
// FEEDFORWARD_URL and FEEDFORWARD_KEY are optional; the network "penguins" is that of the README.

const FIELDS = ['island', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'year'];
const WORDS = ['island'];

function predict(array $row): array
{
    $headers = ['Content-Type: application/json'];
    if ($key = getenv('FEEDFORWARD_KEY')) {
        $headers[] = "Authorization: Bearer $key";
    }
    $curl = curl_init((getenv('FEEDFORWARD_URL') ?: 'http://127.0.0.1:8000') . '/predict');
    curl_setopt_array($curl, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_POSTFIELDS => json_encode(['network' => 'penguins', 'inputs' => [(object) $row]]),
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException('The service does not answer: ' . curl_error($curl));
    }
    $said = json_decode($answer, true);
    // An error is a problem document: `detail` is a sentence that names the field.
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) >= 400) {
        throw new RuntimeException($said['detail'] ?? $said['title']);
    }
    return $said;
}

$row = [];
foreach (FIELDS as $name) {
    $given = trim($_GET[$name] ?? '');
    // JSON wants numbers for numbers; an empty field is a missing cell, which the network imputes.
    $row[$name] = $given === '' ? null : (in_array($name, WORDS) || !is_numeric($given) ? $given : (float) $given);
}
?>
<!doctype html>
<meta charset="utf-8">
<title>Which penguin?</title>
<h1>Which penguin?</h1>
<form>
<?php foreach (FIELDS as $name): ?>
  <label><?= $name ?> <input name="<?= $name ?>" value="<?= htmlspecialchars($_GET[$name] ?? '') ?>"></label><br>
<?php endforeach ?>
  <button>Ask</button>
</form>
<?php if ($_GET): ?>
  <?php try { $answer = predict($row); ?>
    <p>It is <b><?= htmlspecialchars($answer['labels'][0]) ?></b>.</p>
  <?php } catch (RuntimeException $error) { ?>
    <p class="error"><?= htmlspecialchars($error->getMessage()) ?></p>
  <?php } ?>
<?php endif ?>
