-- A filter of pandoc for tools/docs: makes a page of Markdown one of the site. $PAGE is its path in the repository;
-- the paths of what it links to, and is no page itself, are added to the file $SOURCES.

local page = os.getenv('PAGE')

-- The file in the site that shows a file of the repository. All are in one folder.
local function place(path)
	local name = path:match('^docs/(.*)$')
	if path == 'docs' or path == 'docs/README.md' then return 'index.html' end
	if path == 'README.md' then return 'readme.html' end
	if name and name:match('%.md$') then return (name:gsub('%.md$', '.html')) end
	if name then return name end
	local sources = assert(io.open(os.getenv('SOURCES'), 'a'))
	sources:write(path, '\n')
	sources:close()
	return path:gsub('/', '-') .. '.html'
end

local function is_elsewhere(target)
	return target == '' or target:match('^%a[%w+.-]*:') or target:match('^#')
end

local function moved(target)
	if is_elsewhere(target) then return target end
	local path, anchor = target:match('^([^#]*)(.*)$')
	path = (page:match('^.*/') or '') .. path:gsub('/$', '')
	local count = 1
	while count > 0 do path, count = path:gsub('[^/]+/%.%./', '', 1) end
	return place(path) .. anchor:gsub('^#L(%d)', '#L-%1') -- a line, as GitHub names it
end

function Link(link)
	link.target = moved(link.target)
	return link
end

function Image(image)
	image.src = moved(image.src)
	return image
end

-- An option is one word.
function Code(code)
	if #code.text < 24 and not code.text:find('%s') then code.classes = { 'word' } end
	return code
end

local function escaped(text)
	return (text:gsub('[&<>]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;' }))
end

-- $, #, / #, bash-5.2#, root@<id>:/#
local prompts = { '^([$#] )(.*)$', '^(/%S* [$#] )(.*)$', '^(bash%-[%d.]+[$#] )(.*)$', '^([%w<>_-]+@[%w<>_.-]+:[^%s$#]*[$#] ?)(.*)$' }

-- What is typed stands out from what is printed.
local function console_line(line)
	for _, pattern in ipairs(prompts) do
		local prompt, typed = line:match(pattern)
		if prompt then return '<span class="prompt">' .. escaped(prompt) .. '</span><kbd>' .. escaped(typed) .. '</kbd>' end
	end
	return escaped(line)
end

function CodeBlock(block)
	if block.classes[1] ~= 'console' then return nil end
	local lines = {}
	for line in (block.text .. '\n'):gmatch('(.-)\n') do table.insert(lines, console_line(line)) end
	return pandoc.RawBlock('html', '<pre class="console"><code>' .. table.concat(lines, '\n') .. '</code></pre>')
end

-- Where the diff of the step is, a link to it side by side.
function RawBlock(block)
	local name = page:match('([^/]*)%.md$')
	if not block.text:match('^<!%-%- step%-diff') or name:match('^v0%.1') then return nil end
	return pandoc.RawBlock('html', '<p><a href="' .. name .. '-diff.html">The diff, side by side</a></p>')
end

function Pandoc(document)
	for _, block in ipairs(document.blocks) do
		if block.t == 'Header' then
			document.meta.pagetitle = pandoc.utils.stringify(block)
			break
		end
	end
	return document
end
