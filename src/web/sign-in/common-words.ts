/**
 * The words that people in Britain start a password from, commonest first; the strength check knows their reversals,
 * capitals, look-alikes (`P@55w0rd`) and near misses. The long lists of English words and leaked passwords are checked
 * beside these, for exact matches only.
 */
export const commonWords: readonly string[] = `
password passw0rd pass passwd welcome letmein qwerty qwertyuiop qwerty123 abc123 123456 12345678 123456789 1234567890
admin administrator login changeme change secret default temp temporary test testing guest user username hello
iloveyou love sunshine princess monkey dragon shadow master superman batman spiderman pokemon starwars football
cricket rugby tennis golf baseball soccer liverpool arsenal chelsea everton tottenham manchester united rangers celtic
newcastle leeds westham villa england scotland wales ireland britain london birmingham bristol sheffield nottingham
leicester glasgow edinburgh cardiff belfast brighton southampton portsmouth oxford cambridge york kent essex surrey
january february march april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday spring summer autumn winter christmas easter holiday birthday family mother father mummy daddy
brother sister baby angel flower butterfly rainbow chocolate cookie biscuit coffee banana orange apple cherry pepper
ginger buster charlie max molly poppy bella daisy alfie oscar rosie lucy jack harry george oliver thomas james william
daniel michael matthew joshua andrew robert david richard charles edward jessica emily sophie chloe olivia hannah
charlotte amelia sarah emma laura rebecca victoria elizabeth jennifer nicole ashley amanda samantha
council councillor borough county district city town parish mayor office work service services digital support team
department government public company business computer laptop internet network server system windows microsoft google
facebook apple samsung access security secure private account money access1 trustno1 whatever nothing freedom forever
friend friends lovely beautiful handsome purple yellow silver golden black white green blue orange tiger lion horse
puppy kitten doggy kitty fish bird star moon sky ocean river mountain island hunter killer ninja warrior wizard
matrix mustang ferrari porsche mercedes jaguar harley thunder lightning phoenix eagle falcon blink metallica nirvana
correct horse battery staple correcthorsebatterystaple thequickbrownfox maytheforcebewithyou openthedoor openplease
letmeinplease ilovemyfamily iloveyouforever
`
  .trim()
  .split(/\s+/);
